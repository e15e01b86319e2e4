import type { RouteKind } from '../../target.ts';
import { routeFinders } from './finders/index.ts';
import type { Finding, RouteFinder, RouteQuestion, Way } from './way.ts';

/** The order in which they are offered; the first that can be taken is taken by itself. */
const order: readonly RouteKind[] = ['port-forward', 'url', 'ingress', 'node-port', 'api-proxy'];

/** What a finder looked at, for the log. */
export interface FinderReport {
  readonly finder: string;
  readonly read: readonly string[];
  readonly ways: readonly Way[];
}

/**
 * Asks every finder, and offers one way of each kind: the first that can be taken, else one that says why none can.
 *
 * @param onReport called with what each finder read, offers and rejects
 */
export async function lookForRoutes(
  question: RouteQuestion,
  onReport: (report: FinderReport) => void = () => undefined,
  finders: readonly RouteFinder[] = routeFinders,
): Promise<readonly Way[]> {
  const find = async (finder: RouteFinder): Promise<Finding> => {
    const reader = question.reader.forFinder();
    const finding = await finder.find({ ...question, reader });
    onReport({ finder: finder.name, read: reader.read, ways: finding.ways });
    return finding;
  };
  const found = new Map<RouteFinder, Finding>();
  const run = async (some: readonly RouteFinder[]): Promise<void> => {
    await Promise.all(some.map(async (finder) => found.set(finder, await find(finder))));
  };
  await run(finders.filter(({ guesses }) => guesses !== true));
  const isCertain = [...found.values()].some((finding) => finding.isCertain === true);
  if (!isCertain) await run(finders.filter(({ guesses }) => guesses === true));
  const ways = finders.flatMap((finder) => found.get(finder)?.ways ?? []);
  return order.flatMap((kind) => best(ways.filter((way) => way.kind === kind)));
}

function best(ways: readonly Way[]): readonly Way[] {
  const taken = ways.find(({ unavailable }) => unavailable === undefined);
  const [first] = ways;
  if (taken ?? first === undefined) return taken ? [taken] : [];
  const reasons = [...new Set(ways.flatMap(({ unavailable }) => unavailable ?? []))];
  return first ? [{ ...first, unavailable: reasons.join(' ') }] : [];
}

/** One line for the log: what was looked at, and what is made of it. */
export function reportText({ finder, read, ways }: FinderReport): string {
  const looked = read.length === 0 ? '' : ` looked at ${read.join(', ')};`;
  const made = ways.map(({ label, unavailable }) =>
    unavailable === undefined ? `offers ${label}` : `rejects: ${unavailable}`,
  );
  return `${finder}${looked} ${made.length === 0 ? 'offers nothing' : made.join('; ')}`;
}
