import type { PersistentVolumeClaim } from '../../kserve/resources/core.ts';
import { formatPvcUri } from '../../kserve/storageUri.ts';
import { formatClaimRef } from '../../stores/claim/claimRef.ts';
import { factTable } from '../markdown.ts';
import type { ClaimSubject, TreeNode } from '../treeNode.ts';
import { ageOf } from '../../kserve/describe/age.ts';
import { contextValue, rowWord } from '../contextValue.ts';

/** What the tree keeps of a PersistentVolumeClaim. */
export interface ClaimRow {
  readonly name: string;
  readonly namespace: string;
  readonly phase: string;
  /** A Kubernetes quantity; what was asked for while it is not bound. */
  readonly capacity?: string;
  readonly accessModes: readonly string[];
  readonly storageClass?: string;
  /** RFC 3339. */
  readonly createdAt?: string;
}

export function claimRow({ metadata, spec, status }: PersistentVolumeClaim): ClaimRow {
  const capacity = status?.capacity?.['storage'] ?? spec?.resources?.requests?.['storage'];
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    phase: status?.phase ?? 'Pending',
    ...(capacity !== undefined && { capacity: String(capacity) }),
    accessModes: status?.accessModes ?? spec?.accessModes ?? [],
    ...(spec?.storageClassName && { storageClass: spec.storageClassName }),
    ...(metadata.creationTimestamp !== undefined && { createdAt: metadata.creationTimestamp }),
  };
}

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** A claim with what it holds and who may mount it; its phase only when it is not bound. */
export function claimNode(
  parentId: string,
  contextName: string,
  claim: ClaimRow,
  children: (subject: ClaimSubject) => readonly TreeNode[],
): TreeNode {
  const { name, namespace, phase, capacity, accessModes } = claim;
  const id = `${parentId}/${name}`;
  const storeId = formatClaimRef({ context: contextName, namespace, claim: name });
  const subject: ClaimSubject = { kind: 'claim', contextName, namespace, claim: name, storeId };
  const modes = accessModes.map((mode) => shortModes[mode] ?? mode).join(' ');
  return {
    id,
    label: name,
    description: [phase !== 'Bound' && phase, capacity, modes].filter(Boolean).join(' · '),
    icon: phase === 'Lost' ? { name: 'error', color: 'problemsErrorIcon.foreground' } : { name: 'database' },
    contextValue: contextValue('claim', rowWord('claim', phase)),
    subject,
    spoken: `Claim ${name}, ${[phase, capacity, accessModes.join(' ')].filter(Boolean).join(', ')}`,
    made: claim,
    children: () => Promise.resolve(children(subject)),
    tooltip: () =>
      Promise.resolve(
        factTable(`${namespace}/${name}`, [
          ['Storage URI', formatPvcUri(name)],
          ['Phase', phase],
          ['Capacity', capacity],
          ['Access modes', accessModes.join(', ')],
          ['Storage class', claim.storageClass],
          ['Age', ageOf(claim.createdAt)],
        ]),
      ),
  };
}
