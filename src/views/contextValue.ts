/**
 * What the menus know of a row: its kind, then words of these lists, joined by `;`. The `viewItem =~` clauses of package.json
 * are written for these values, and a test holds them against each other.
 */
const rowWords = {
  target: [],
  deployment: ['starting', 'ready', 'stopped', 'failed', 'lifecycle', 'logs'],
  context: ['current', 'broken'],
  namespace: ['typed'],
  service: ['starting', 'ready', 'stopped', 'failed', 'deleting'],
  component: ['predictor', 'transformer', 'explainer'],
  pod: ['pending', 'running', 'succeeded', 'failed', 'unknown'],
  container: ['running', 'waiting', 'terminated'],
  runtimes: [],
  runtime: ['namespace', 'cluster', 'disabled'],
  claim: ['pending', 'bound', 'lost'],
  store: ['folder'],
  model: ['local', 'removable'],
  // Rows that are no thing to work with.
  problem: ['file'],
  loading: [],
  empty: [],
  more: [],
  list: [],
  listing: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type RowKind = keyof typeof rowWords;
export type RowWord<Kind extends RowKind> = (typeof rowWords)[Kind][number];

/** @param words what is true of the row, in the order of its list; `false` is left out */
export function contextValue<Kind extends RowKind>(kind: Kind, ...words: readonly (RowWord<Kind> | false)[]): string {
  return [kind, ...words.filter((word) => word !== false)].join(';');
}

/** A word that comes from a cluster, which may have others some day: these are left out. */
export function rowWord<Kind extends RowKind>(kind: Kind, text: string): RowWord<Kind> | false {
  const known: readonly RowWord<Kind>[] = rowWords[kind];
  return known.find((word) => word === text.toLowerCase()) ?? false;
}

/** Every value that can be built of the lists, for the test of the menus. */
export function everyContextValue(): readonly string[] {
  return Object.entries<readonly string[]>(rowWords).flatMap(([kind, words]) =>
    words.reduce<readonly string[]>((built, word) => [...built, ...built.map((value) => `${value};${word}`)], [kind]),
  );
}
