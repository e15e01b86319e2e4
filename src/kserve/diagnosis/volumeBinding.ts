import { oneLine, podObject, showEvents } from './facts.ts';
import { expectedNode, schedulerWords } from './scheduling.ts';
import type { Cause } from './cause.ts';

/** A volume was chosen with the node, and could not be made or bound there. */
export const volumeBinding: Cause = (facts) => {
  for (const pod of facts.pods) {
    const text = schedulerWords(facts, pod);
    const why = /running (?:PreBind|Reserve) plugin "VolumeBinding": (?:binding volumes: )?(.+)/s.exec(text)?.[1];
    if (why === undefined) continue;
    const coming = expectedNode(facts, pod);
    return {
      code: 'volume-binding',
      category: 'server',
      mayHeal: 'scheduling',
      summary: `The volume of the claim ${facts.claimNames.join(', ') || `of ${facts.name}`} could not be bound on the node that the scheduler chose: ${oneLine(why, 200).replace(/\.$/, '')}.`,
      remedy:
        coming === undefined
          ? "See the claim's events and whether its provisioner (CSI driver) runs on that node, or use another StorageClass."
          : `Wait: ${coming}.`,
      nextStep: showEvents(facts, { kind: 'PersistentVolumeClaim', name: facts.claimNames[0] ?? '' }),
      severity: 'error',
      object: podObject(pod),
      evidence: [oneLine(text, 600)],
    };
  }
  return undefined;
};
