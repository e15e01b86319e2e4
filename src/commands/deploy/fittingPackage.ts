import type { DeployGiven } from './deployArguments.ts';
import type { ClusterAnswers } from './deployQuestions.ts';
import { pickOfServer, type DeployChoices } from './deploySteps.ts';

/** The kind of package that the chosen runtime takes, and a protocol that it speaks, unless a script says another one. */
export async function fittingPackage(
  { context, namespace, runtime = '', newRuntime, protocol }: ClusterAnswers,
  { option: optionOf }: Pick<DeployChoices, 'option'>,
  given: Pick<DeployGiven, 'protocol'>,
): Promise<{ readonly kind?: string; readonly protocol: ClusterAnswers['protocol'] }> {
  const option = await optionOf(context, namespace, newRuntime ? pickOfServer(newRuntime.server) : runtime);
  if (option === undefined) return { protocol };
  const [first = protocol] = option.protocols;
  const isSpoken = given.protocol !== undefined || option.protocols.includes(protocol);
  return { kind: option.way.kind, protocol: isSpoken ? protocol : first };
}
