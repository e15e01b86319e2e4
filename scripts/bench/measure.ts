/** Times of one candidate, in milliseconds. */
export interface Sample {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

/** What must hold, and whether it does. */
export interface Verdict {
  /** For example `at least 8 times faster than torch-model-archiver`. */
  readonly target: string;
  /** The measured value, as it is compared. */
  readonly measured: string;
  readonly isMet: boolean;
}

/** Runs the candidates in turn, A B C A B C …, so that what changes on the machine meanwhile falls on all of them. */
export async function interleave<Name extends string>(
  runs: number,
  candidates: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, Sample>> {
  const names = Object.keys(candidates) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const name of names) times.get(name)?.push(await candidates[name]());
  }
  return Object.fromEntries(names.map((name) => [name, sampleOf(times.get(name) ?? [])])) as Record<Name, Sample>;
}

export function sampleOf(times: readonly number[]): Sample {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, least: at(0), most: at(sorted.length - 1), runs: sorted.length };
}

/** Milliseconds that something takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** `median (least..most)` in a unit that fits the figures. */
export function shown({ median, least, most, runs }: Sample): string {
  const inSeconds = median >= 1000;
  const text = (ms: number): string => (inSeconds ? (ms / 1000).toFixed(2) : ms.toFixed(1));
  return `${text(median).padStart(7)} ${inSeconds ? 's ' : 'ms'}  (${text(least)}..${text(most)}, ${runs} runs)`;
}

/** Prints one line for each candidate, with its ratio to the first. */
export function printSamples(samples: Readonly<Record<string, Sample>>): void {
  const [first] = Object.values(samples);
  const width = Math.max(...Object.keys(samples).map((name) => name.length));
  for (const [name, sample] of Object.entries(samples)) {
    const ratio =
      first === undefined || sample === first ? '' : `  ${(sample.median / first.median).toFixed(2)} x ours`;
    console.log(`  ${name.padEnd(width)}  ${shown(sample)}${ratio}`);
  }
}

/** @param what is promised about the ratio of two medians, as the end of `at most 1.2 times …` */
export function ratioVerdict({ ours, peer }: { ours: Sample; peer: Sample }, most: number, what: string): Verdict {
  const ratio = ours.median / peer.median;
  return {
    target: `at most ${most} times ${what} (medians)`,
    measured: `${ratio.toFixed(2)} times`,
    isMet: ratio <= most,
  };
}

export function printVerdicts(verdicts: readonly Verdict[]): void {
  for (const { target, measured, isMet } of verdicts) {
    console.log(`  ${isMet ? 'met   ' : 'MISSED'}  ${target}: ${measured}`);
  }
}
