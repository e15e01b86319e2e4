import { readFile } from 'node:fs/promises';
import path from 'node:path';

const readme = path.join(import.meta.dirname, '..', '..', 'README.md');
const [begin, end] = ['<!-- made by npm run test:runtimes -->', '<!-- /made -->'];

/** The README's table "which runtime for which model": a row for each model, a cell for each server. */
export function tableText(titles: readonly string[], rows: ReadonlyMap<string, readonly string[]>): string {
  const lines = [
    ['model', ...titles],
    ['---', ...titles.map(() => '---')],
    ...[...rows].map(([row, cells]) => [row, ...cells]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** The table as it stands in the README, one space around each cell, however it is aligned there. */
export async function tableInReadme(): Promise<string> {
  const text = await readFile(readme, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return '';
  const lines = text
    .slice(from + begin.length, to)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return lines
    .map((line) => {
      const cells = line.slice(1, line.lastIndexOf('|')).split('|');
      return `| ${cells.map((cell) => cell.trim().replace(/^-+$/, '---')).join(' | ')} |\n`;
    })
    .join('');
}
