import type { PersistentVolumeClaim } from '../resources/core.ts';
import type { StorageClass } from '../resources/storageClass.ts';

/** A claim as the user chooses it. */
export interface ClaimChoice {
  readonly name: string;
  /** For example `10Gi · ReadWriteOnce`. */
  readonly description: string;
  /** What one should know of it. */
  readonly note?: string;
  /** Why it cannot be taken. */
  readonly unusable?: string;
}

/**
 * Size and access mode of a claim, what they mean for the user, and why it cannot be taken.
 *
 * @param storageClass that of the claim; left out when it is not known
 */
export function claimChoice(claim: PersistentVolumeClaim, storageClass?: StorageClass): ClaimChoice {
  const { metadata, spec, status } = claim;
  const capacity = status?.capacity?.['storage'] ?? spec?.resources?.requests?.['storage'];
  const modes = status?.accessModes ?? spec?.accessModes ?? [];
  const phase = status?.phase ?? 'Pending';
  const unusable = whyNot(claim, phase, modes, storageClass);
  const note = [phase === 'Pending' && waits, noteOf(modes)].filter(Boolean).join(' ');
  return {
    name: metadata.name,
    description: [capacity, modes.join(', '), phase !== 'Bound' && phase].filter(Boolean).join(' · '),
    ...(unusable !== undefined ? { unusable } : note !== '' && { note }),
  };
}

/** A manifest to begin with, for who has no claim. */
export function exampleClaim(namespace: string): string {
  return `# Save this and run: kubectl apply -f <file>
# With several nodes, a class that offers ReadWriteMany lets the models be served on all of them.
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: models
  namespace: ${namespace}
spec:
  accessModes:
    - ReadWriteOnce
  resources:
    requests:
      storage: 10Gi
`;
}

const waits = 'It gets its volume when the first pod uses it.';

function whyNot(
  { metadata, spec }: PersistentVolumeClaim,
  phase: string,
  modes: readonly string[],
  storageClass: StorageClass | undefined,
): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'It is being deleted.';
  if (phase === 'Lost') return 'It has lost its volume.';
  if (modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany')) {
    return 'It can only be read: an archive cannot be put there.';
  }
  if (phase !== 'Pending' || storageClass?.volumeBindingMode === 'WaitForFirstConsumer') return undefined;
  const name = spec?.storageClassName;
  return name
    ? `It has no volume yet: the storage class ${name} has not made one.`
    : 'It has no volume yet: no storage class makes one for it.';
}

function noteOf(modes: readonly string[]): string {
  if (modes.includes('ReadWriteMany')) return '';
  if (modes.includes('ReadWriteOncePod'))
    return 'Only one pod can use it: an upload has to wait until nothing serves from it.';
  return modes.includes('ReadWriteOnce') ? 'Only one node can use it: all pods that serve from it run there.' : '';
}
