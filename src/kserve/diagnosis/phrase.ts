import type { DiagnosisEvidence } from './evidence.ts';

/**
 * Messages and logs hold the user's own names: a claim may be called `claim-401`, a folder `/models/not found/`, a service
 * `timeout`. A pattern must see the error's own phrase only. So names are covered, character by character, before a pattern
 * looks, and what the pattern captures is read from the text as it was.
 */
export interface Phrase {
  readonly text: string;
  /** As long as the text, with names covered. */
  readonly covered: string;
}

/** In no character class that patterns use but `.`, `\S` and `[^…]`. */
const cover = '\uE000';

/** What a text covers without knowing the user's names: it has the shape of a name. Order matters: longer shapes first. */
const shapes: readonly RegExp[] = [
  // URIs.
  /\b[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^\s"'<>)\]}]+/g,
  // Whatever is quoted and either a single word or a path; not the value of a key that a machine writes (`"code":"DENIED"`).
  /(?<!\w)(?<!(?:code|message|reason|detail|error)"?\s*[:=]\s*\\?)"(?:[^"\s\n]+|[^"\n]*\/[^"\n]*?)"/g,
  /(?<!\w)(?<!(?:code|message|reason|detail|error)'?\s*[:=]\s*)'(?:[^'\s\n]+|[^'\n]*\/[^'\n]*?)'(?!\w)/g,
  /`[^`\n]+`/g,
  // Paths, absolute ones and those of at least two parts (but not `i/o`).
  /(?<![\w.\uE000])~?\/[\w.@%+~\uE000-][^\s:;,"'()[\]{}]*/g,
  /(?<![\w/.-])(?!i\/o\b)[\w.@%+-]*\w\/[^\s:;,"'()[\]{}]+/g,
  // File names, hosts, versions: the part after the last dot begins small, unlike that of a Python or Java class.
  /(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.[a-z0-9][\w-]*(?![\w.]*[A-Z]\w*)/g,
];

/** Covers names: those of the evidence, and everything that has the shape of one. */
export function phraseOf(text: string, names: readonly RegExp[] = []): Phrase {
  let covered = text;
  for (const name of [...names, ...shapes]) covered = covered.replace(name, (match) => coverName(match));
  return { text, covered };
}

/** Leaves quotes where they are, since patterns lean on them. */
function coverName(match: string): string {
  const first = match[0] ?? '';
  const isQuoted = match.length > 1 && /["'`]/.test(first) && match.at(-1) === first;
  return isQuoted ? first + cover.repeat(match.length - 2) + first : cover.repeat(match.length);
}

const indexed = new WeakMap<RegExp, RegExp>();

/** The places where the pattern fits the phrase, with its captures as they stand in the text. */
export function* matchesIn(pattern: RegExp, { text, covered }: Phrase): Generator<RegExpExecArray> {
  let searched = indexed.get(pattern);
  if (searched === undefined) {
    searched = new RegExp(pattern.source, `${pattern.flags.replace(/[dg]/g, '')}dg`);
    indexed.set(pattern, searched);
  }
  for (const match of covered.matchAll(searched)) {
    for (const [index, range] of (match.indices ?? []).entries()) {
      if (range !== undefined) match[index] = text.slice(...range);
    }
    yield match;
  }
}

/** The first of {@link matchesIn}. */
export function matchPhrase(pattern: RegExp, phrase: Phrase): RegExpExecArray | undefined {
  for (const match of matchesIn(pattern, phrase)) return match;
  return undefined;
}

/**
 * The names in the evidence that could be taken for words of an error when they stand without quotes: those of more than
 * letters or more than digits, whole. A name that is one plain word (`timeout`) is left alone, since covering it would also
 * cover the error's own word; no pattern is satisfied by one word alone.
 */
export function namesIn({ isvc, pods, nodes = [], claims }: DiagnosisEvidence): readonly RegExp[] {
  const { predictor } = isvc.spec;
  const uri = predictor.model?.storageUri ?? '';
  const folder = uri.replace(/^[a-z0-9+.-]+:\/\//i, '');
  const named = [
    uri,
    folder,
    // A part that is a sentence stands in its path, which is covered; alone it may be the error's own.
    ...folder.split('/').filter((part) => !/\s/.test(part)),
    ...[isvc, ...pods, ...nodes, ...claims].flatMap(({ metadata }) => [
      metadata.name,
      metadata.namespace ?? '',
      ...Object.values(metadata.annotations ?? {}),
    ]),
    predictor.model?.runtime ?? '',
    ...pods.flatMap(({ spec }) => [
      ...(spec?.volumes ?? []).map(({ name }) => name),
      ...(spec?.containers ?? []).flatMap(({ image }) => image ?? []),
    ]),
  ].filter(
    (name) => typeof name === 'string' && name.length > 2 && name.length < 300 && !/^(?:[A-Za-z]+|\d+)$/.test(name),
  );
  return [...new Set(named)]
    .filter((name) => !ownWords.has(name))
    .sort((a, b) => b.length - a.length)
    .map((name) => new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w])[\\w.-]*`, 'g'));
}

/** Names that Kubernetes, KServe and container runtimes use themselves, and that phrases hold. */
const ownWords: ReadonlySet<string> = new Set(['kserve-container', 'storage-initializer', 'queue-proxy', 'x509']);

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
