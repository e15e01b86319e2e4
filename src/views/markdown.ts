/** Text of files and servers goes into tooltips as text, never as markup; a line break would end a table's row. */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&');
}

/** A two-column table as a tooltip; rows without a value are left out. */
export function factTable(title: string, rows: readonly (readonly [string, string | undefined])[]): string {
  const lines = rows.flatMap(([name, value]) => (value ? [`| ${name} | ${escapeMarkdown(value)} |`] : []));
  return [`**${escapeMarkdown(title)}**`, '', '| | |', '|---|---|', ...lines].join('\n');
}
