import type { ServingRuntime } from '../../kserve/resources/servingRuntime.ts';
import { factTable } from '../markdown.ts';
import type { NodeSubject, TreeNode } from '../treeNode.ts';
import { ageOf } from '../../kserve/describe/age.ts';
import { noteNode } from './noteNodes.ts';
import { contextValue } from '../contextValue.ts';

/** What the tree keeps of a ServingRuntime or ClusterServingRuntime. */
export interface RuntimeRow {
  readonly name: string;
  readonly formats: readonly string[];
  readonly protocols: readonly string[];
  readonly image?: string;
  readonly isDisabled: boolean;
  /** RFC 3339. */
  readonly createdAt?: string;
}

export function runtimeRow({ metadata, spec }: ServingRuntime): RuntimeRow {
  const image = spec.containers?.[0]?.image;
  return {
    name: metadata.name,
    formats: (spec.supportedModelFormats ?? []).map(
      ({ name, version, autoSelect }) => `${name}${version ? ` ${version}` : ''}${autoSelect ? ' (auto)' : ''}`,
    ),
    protocols: spec.protocolVersions ?? [],
    ...(image !== undefined && { image }),
    isDisabled: spec.disabled === true,
    ...(metadata.creationTimestamp !== undefined && { createdAt: metadata.creationTimestamp }),
  };
}

/** Whose runtimes they are: a namespace's, or the cluster's where there is none. */
export interface RuntimeScope {
  readonly contextName: string;
  readonly namespace?: string;
}

/** The row above the runtimes of a cluster or namespace. */
export function runtimesNode(
  parentId: string,
  scope: RuntimeScope,
  below: Required<Pick<TreeNode, 'children'>> & Pick<TreeNode, 'live'>,
): TreeNode {
  return {
    id: runtimesId(parentId),
    label: 'Serving Runtimes',
    icon: { name: 'server-process' },
    contextValue: contextValue('runtimes'),
    subject: { kind: 'runtimes', ...scope },
    ...below,
  };
}

export function runtimesId(parentId: string): string {
  return `${parentId}/runtimes`;
}

export function runtimeNodes(
  parentId: string,
  scope: RuntimeScope,
  runtimes: Iterable<RuntimeRow>,
): readonly TreeNode[] {
  const sorted = [...runtimes].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (sorted.length > 0) return sorted.map((runtime) => runtimeNode(parentId, scope, runtime));
  const subject: NodeSubject = { kind: 'runtimes', ...scope };
  return [{ ...noteNode(parentId, 'empty', subject), label: 'No serving runtimes' }];
}

function runtimeNode(parentId: string, scope: RuntimeScope, runtime: RuntimeRow): TreeNode {
  const { name, isDisabled } = runtime;
  const isNamespaced = scope.namespace !== undefined;
  return {
    id: `${parentId}/${name}`,
    label: name,
    ...(isDisabled && { description: 'Disabled' }),
    icon: { name: isDisabled ? 'circle-slash' : 'server-process' },
    contextValue: contextValue('runtime', isNamespaced ? 'namespace' : 'cluster', isDisabled && 'disabled'),
    subject: { kind: 'runtime', ...scope, runtime: name },
    spoken: `Serving runtime ${name}${isDisabled ? ', disabled' : ''}`,
    made: runtime,
    tooltip: () =>
      Promise.resolve(
        factTable(name, [
          ['Kind', isNamespaced ? 'ServingRuntime' : 'ClusterServingRuntime'],
          ['Formats', runtime.formats.join(', ')],
          ['Protocols', runtime.protocols.join(', ')],
          ['Image', runtime.image],
          ['Age', ageOf(runtime.createdAt)],
        ]),
      ),
  };
}
