import { LabelProblem, type LabelEntry, type LabelReader } from './labelFile.ts';

const usual =
  /^([\w.-]*labels?|[\w.-]*classes|[\w-]*class_?(names?|list)|\w*names|synsets?(_words|_labels)?|categories)\.(txt|lst)$|^[\w.-]+\.names$/i;

/** `labels.txt`, `classes.txt`: a label on each line, in order, or behind its number. */
export const lineLabels: LabelReader = {
  isUsual: (name) => usual.test(name),
  endings: ['.txt', '.names', '.lst'],
  read: ({ text }) => {
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    while (lines.at(-1) === '') lines.pop();
    const empty = lines.indexOf('');
    if (empty >= 0) {
      throw new LabelProblem(
        'labels-shape',
        `line ${empty + 1} is empty, so the labels behind it would be shifted`,
        empty,
      );
    }
    const numbered = lines.map((line) => /^(\d+)\s*[\s:=,;]\s*(\S.*)$/.exec(line));
    if (lines.length > 0 && isNumbering(numbered.map((match) => match?.[1]))) {
      const entries = numbered.map((match, line): LabelEntry => ({
        index: Number(match?.[1]),
        label: match?.[2] ?? '',
        line,
      }));
      return { shape: 'numbered lines', entries };
    }
    // ImageNet's own: "n01440764 tench, Tinca tinca".
    const isSynset = lines.length > 0 && lines.every((line) => /^n\d{8}\s+\S/.test(line));
    const entries = lines.map((line, index) => ({
      index,
      label: isSynset ? line.replace(/^n\d{8}\s+/, '') : line,
      line: index,
    }));
    return { shape: 'a label on each line', entries };
  },
};

/** Whether numbers at the beginning of each line count the classes, and are no part of the names ("2 doors"). */
function isNumbering(written: readonly (string | undefined)[]): boolean {
  if (written.some((number) => number === undefined)) return false;
  const numbers = written.map(Number);
  const least = Math.min(...numbers);
  return least <= 1 && new Set(numbers).size > numbers.length / 2 && Math.max(...numbers) < least + numbers.length * 2;
}
