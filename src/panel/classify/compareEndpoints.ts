import type { AnswerComparison } from '../../inference/index.ts';
import type * as Inference from '../../inference/index.ts';
import { longestLabel, mostAssumed } from '../messages/classifyState.ts';
import { longestField, mostCompared, type ComparedView } from '../messages/comparison.ts';
import { clip } from '../showFailure.ts';
import type { EndpointConnections } from './endpointConnections.ts';

/** An endpoint, and how it is called where two are compared. */
export interface NamedEndpoint {
  readonly id: string;
  readonly name: string;
}

/** More classes than any model has: all are compared. */
const allClasses = 1_000_000;

/** Asks two endpoints about one picture, at the same time, and says what differs. @throws ModelDeckError what asking throws */
export async function compareEndpoints(
  image: Uint8Array,
  [first, second]: readonly [NamedEndpoint, NamedEndpoint],
  {
    connections,
    inference,
  }: { readonly connections: EndpointConnections; readonly inference: () => Promise<typeof Inference> },
  signal: AbortSignal,
): Promise<ComparedView> {
  const ask = async ({ id }: NamedEndpoint): Promise<Inference.ComparedAnswer> => {
    const question = { image, k: allClasses, onWarmUp: () => undefined };
    const { kind, predictions } = await connections.predict(id, question, signal);
    return { kind, values: predictions, contract: await connections.contract(id) };
  };
  const [a, b] = await Promise.all([ask(first), ask(second)]);
  const { compareAnswers, probabilityKinds } = await inference();
  return comparedView(compareAnswers(a, b), {
    first: first.name,
    second: second.name,
    isProbability: probabilityKinds.has(a.kind) && probabilityKinds.has(b.kind),
  });
}

/** Within the lengths of the contract of the messages. */
export function comparedView(
  comparison: AnswerComparison,
  { first, second, isProbability }: Pick<ComparedView, 'first' | 'second' | 'isProbability'>,
): ComparedView {
  const { verdict, classes, onlyFirst, onlySecond, isSameOrder, contract, unknownContract } = comparison;
  return {
    state: 'done',
    first: clip(first, longestLabel),
    second: clip(second, longestLabel),
    verdict,
    isProbability,
    isSameOrder,
    common: classes.length,
    onlyFirst,
    onlySecond,
    classes: classes
      .filter(({ difference }) => Number.isFinite(difference))
      .slice(0, mostCompared)
      .map(({ name, ...values }) => ({ label: clip(name, longestLabel), ...values })),
    contract: contract.slice(0, mostAssumed).map(({ label, first: one, second: other }) => ({
      label: clip(label, longestLabel),
      ...(one !== undefined && { first: clip(one, longestField) }),
      ...(other !== undefined && { second: clip(other, longestField) }),
    })),
    unknownContract,
  };
}
