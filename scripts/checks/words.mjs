import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './files.mjs';

/** What is not written here, and what is written instead: one line a word. */
const words = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\banew\b/i, 'again'],
  [/\b(he|his|him|himself)\b/i, 'they, their, the user'],
  [/\bin vain\b/i, 'without success'],
  [/\bin mid-/i, 'during'],
  [/\bshall\b/i, 'should, must, will'],
  [/\bupon\b/i, 'on, at, when'],
  [/\bwhilst\b/i, 'while'],
  [/\bamongst\b/i, 'among'],
  [/\b(thence|whence|hence|henceforth)\b/i, 'from there, so'],
  [/\bthere(by|of|upon|with|in)\b/i, 'by it, of it'],
  [/\bhere(by|of|upon|with|in)\b/i, 'by this'],
  [/\bwhere(by|of|upon|with|in)\b/i, 'by which'],
  [/\bere\b/i, 'before'],
  [/\bhitherto\b/i, 'so far'],
  [/\blest\b/i, 'so that … not'],
  [/\b(nought|naught)\b/i, 'nothing'],
  [/\bthus\b/i, 'so'],
  [/(?<!\b(where|what|when|how|why) )\bshould (it|they|you) be\b/i, 'if it is'],
  [
    /\b(nothing|none|one|anything|everything|words?|records?|manifests?|texts?) of (ours|theirs)\b/i,
    'our, that we wrote',
  ],
  [/\b(whither|hither|betwixt|forthwith|notwithstanding|heretofore|unto|verily|oft|ofttimes)\b/i, 'a word of today'],
  [/\b(leaves?|in|of|takes?) the house\b/i, 'this computer, the product'],
  [/\bis(Wished|Wanted)Of\b|\bisWished\b/, 'a noun for what was requested'],
  [/\bprogramme(s)?\b/i, 'program'],
];

const pages = ['package.json', 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

/** Archaic words, and "he" for the user, in what contributors and users read. */
export const archaicWords = {
  name: 'words',
  remedy: 'Write what a colleague would say. The list is in scripts/checks/words.mjs.',
  findings({ root }) {
    const sources = ['src', 'webview'].flatMap((folder) =>
      filesBelow(root, folder, (name) => /\.(ts|css|html)$/.test(name)),
    );
    return [...sources, ...pages].flatMap((file) =>
      wordsIn(readFileSync(path.join(root, file), 'utf8')).map(
        ({ line, word, instead }) => `${file}:${line} ${word} (${instead})`,
      ),
    );
  },
};

/** What no sentence to the user has in it: riddles, and the names of libraries. One line a pattern. */
const sentences = [
  [/^(which|where|what|in which)\b.*\?$/i, 'a prompt that says what to choose: "Choose …"'],
  [/\b(which|what) [a-z]+\?$/i, 'a prompt that says what to choose: "Choose …"'],
  [/\bselect to\b/i, 'a button'],
  [/\bstands? (in|under|below)\b/i, 'is in, is listed under'],
  [/\bhas to be\b/i, 'must be'],
  [/\bnothing was found that\b/i, 'No cause found'],
  [/\bkind of \w+ that is known\b/i, 'Unrecognized …'],
  [/\b1 InferenceServices\b/, '1 InferenceService'],
];
const libraries = [
  /\b(lib)?vips\w*\b/i,
  /\blib(png|jpeg|tiff|webp|heif)\b/i,
  /\bundici\b/i,
  /\bjs-yaml\b/i,
  /\bajv\b/i,
  /\byauzl\b/i,
];

/** Folders whose sentences are held to the patterns; the names of libraries are looked for everywhere. */
const plainFolders = ['src/commands', 'src/views'];

/** Sentences to the user that are riddles, or that name a library. */
export const plainSentences = {
  name: 'sentences',
  remedy: 'Say it as VS Code would. The list is in scripts/checks/words.mjs.',
  findings({ root }) {
    const sources = filesBelow(root, 'src', (name) => name.endsWith('.ts'));
    return sources.flatMap((file) => {
      const isPlain = plainFolders.some((folder) => file.startsWith(`${folder}/`));
      return sentencesIn(readFileSync(path.join(root, file), 'utf8'), isPlain).map(
        ({ line, text, instead }) => `${file}:${line} ${text} (${instead})`,
      );
    });
  },
};

/**
 * Looks at the texts of a source, not at its comments and imports.
 * @param {string} source @param {boolean} isPlain whether the patterns count
 */
export function sentencesIn(source, isPlain) {
  return source.split('\n').flatMap((line, index) => {
    if (/^\s*(\*|\/\/|\/\*|import |} from )/.test(line) || /\b(import|require)\(/.test(line)) return [];
    const texts = [...line.matchAll(/'((?:[^'\\]|\\.)*)'|`([^`]*)`/g)].map(
      ([, plain, template]) => plain ?? template ?? '',
    );
    return texts.flatMap((text) => {
      // One word is an identifier, a file name or an id.
      if (!/\s/.test(text)) return [];
      const found = [
        ...(isPlain ? sentences.filter(([pattern]) => pattern.test(text)) : []),
        ...libraries.filter((pattern) => pattern.test(text)).map(() => [undefined, 'what it means to the user']),
      ];
      return found.map(([, instead]) => ({ line: index + 1, text, instead }));
    });
  });
}

/** @param {string} text */
export function wordsIn(text) {
  return text.split('\n').flatMap((line, index) =>
    words.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line);
      return found ? [{ line: index + 1, word: found[0], instead }] : [];
    }),
  );
}
