import { classNumber, LabelProblem, type LabelReader } from './labelFile.ts';

const usual = /^([\w.-]*labels?|[\w.-]*classes|[\w-]*class_?(names?|map|dict|index|list)|categories|names)\.[ct]sv$/i;
const numberColumn = /^(id|idx|index|class_?(id|idx|index|number)|label_?(id|idx|index)|number|key|target)$/i;
const nameColumn = /^(name|label|class|category|display_?name|class_?name|label_?name|title|disease|diagnosis|text)$/i;
/** A table of pictures has a label in each row, and is no list of labels. */
const pictureColumn = /image|file|path|url/i;

/** A table with a column of labels and, in most, one of class numbers. */
export const csvLabels: LabelReader = {
  isUsual: (name) => usual.test(name),
  endings: ['.csv', '.tsv'],
  read: ({ text }) => {
    const separator = [';', '\t'].find((mark) => text.split('\n', 1)[0]?.includes(mark)) ?? ',';
    const rows = text
      .split(/\r?\n/)
      .map((line, index) => ({ line: index, cells: cellsOf(line, separator) }))
      .filter(({ cells }) => cells.some((cell) => cell !== ''));
    const header = rows[0]?.cells ?? [];
    if (header.some((cell) => pictureColumn.test(cell))) return undefined;
    const hasHeader = header.some((cell) => numberColumn.test(cell) || nameColumn.test(cell));
    const body = hasHeader ? rows.slice(1) : rows;
    const number = hasHeader
      ? header.findIndex((cell) => numberColumn.test(cell))
      : header.findIndex((_, column) => header.length > 1 && isNumbers(body.map(({ cells }) => cells[column])));
    const named = hasHeader ? bestName(header) : header.findIndex((_, column) => column !== number);
    const name = named < 0 ? header.findIndex((_, column) => column !== number) : named;
    const entries = body.map(({ line, cells }, position) => {
      const written = cells[number] ?? '';
      const index = number < 0 ? position : classNumber(written);
      const label = cells[name];
      if (index === undefined) throw new LabelProblem('labels-shape', `"${written}" is not a class number`, line);
      if (label === undefined || label === '')
        throw new LabelProblem('labels-shape', `class ${index} has no text`, line);
      return { index, label, line };
    });
    return { shape: 'a table', entries };
  },
};

/** The column that is a name by itself, before one that could be a number as well ("class"). */
function bestName(header: readonly string[]): number {
  const sure = header.findIndex((cell) => nameColumn.test(cell) && /name|label|title|text/i.test(cell));
  return sure >= 0 ? sure : header.findIndex((cell) => nameColumn.test(cell));
}

function isNumbers(cells: readonly (string | undefined)[]): boolean {
  return (
    cells.every((cell) => cell !== undefined && classNumber(cell) !== undefined) && new Set(cells).size === cells.length
  );
}

/** The cells of a line; quoted ones may hold the separator, and a quote as two. */
function cellsOf(line: string, separator: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === '"' && quoted && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (character === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else {
      cell += character;
    }
  }
  return [...cells, cell.trim()];
}
