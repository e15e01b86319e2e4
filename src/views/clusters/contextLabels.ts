/** Characters of a name that a side bar of usual width shows by themselves. */
const usualLength = 28;
/** The same for a name with something behind it, which is set in smaller letters; and the least of a name that is left. */
const lengthWithDescription = 30;
const descriptionScale = 0.85;
const shortestLength = 7;
/** A name of this length is not shortened for a cause: it would be told from no other. */
const plainLength = 16;

/** What each further try shows more of, where two names would look alike. */
const step = 8;

/** A context's name, and what its row says beside it. */
export interface NamedRow {
  readonly name: string;
  readonly description: string;
}

/**
 * The labels of contexts: long names are shortened in the middle, since what tells clusters apart stands at both ends
 * (`gke_acme_europe-west1_prod`, `arn:aws:eks:…:cluster/prod`), and the more the longer the cause behind them is. No two names
 * get one label.
 *
 * @returns by name
 */
export function contextLabels(rows: readonly NamedRow[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  let open = [...rows];
  for (let more = 0; open.length > 0; more += step) {
    const tried = open.map((row) => [row.name, shortened(row.name, roomFor(row) + more)] as const);
    const count = new Map<string, number>();
    for (const label of [...labels.values(), ...tried.map(([, label]) => label)]) {
      count.set(label, (count.get(label) ?? 0) + 1);
    }
    for (const [name, label] of tried) if (label === name || count.get(label) === 1) labels.set(name, label);
    open = open.filter(({ name }) => !labels.has(name));
  }
  return labels;
}

function roomFor({ name, description }: NamedRow): number {
  if ([...name].length <= plainLength) return plainLength;
  const left = Math.floor(lengthWithDescription - description.length * descriptionScale);
  return description === '' ? usualLength : Math.min(usualLength, Math.max(shortestLength, left));
}

function shortened(name: string, length: number): string {
  const characters = [...name];
  if (characters.length <= length) return name;
  // The end names the cluster, the beginning only whose it is.
  const head = Math.floor((length - 1) / 3);
  const tail = length - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
}
