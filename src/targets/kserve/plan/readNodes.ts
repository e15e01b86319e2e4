import type { ClusterConnection } from '../../../cluster/clusterConnection.ts';
import type { Task } from '../../../foundation/task.ts';
import { nodes, type Node } from '../../../kserve/resources/core.ts';
import { readable } from './readRuntimes.ts';

export interface NodeFacts {
  /** Nodes that take pods. */
  readonly nodeCount?: number | undefined;
  /** Their processors, by Kubernetes' names, for example `amd64`. */
  readonly processors?: readonly string[] | undefined;
  /** The resources that they have beyond CPU, memory and disk, for example `nvidia.com/gpu`. */
  readonly devices?: readonly string[] | undefined;
}

/** What the nodes that take pods have; nothing where they may not be listed. */
export async function readNodes(
  { connection }: { readonly connection: ClusterConnection },
  task: Task,
): Promise<NodeFacts> {
  let nodeCount = 0;
  const processors = new Set<string>();
  const devices = new Set<string>();
  const onPage = (page: readonly Node[]): void => {
    for (const { spec, status } of page) {
      if (spec?.unschedulable === true) continue;
      nodeCount += 1;
      const processor = status?.nodeInfo?.architecture;
      if (processor !== undefined && processor !== '') processors.add(processor);
      const extended = Object.entries(status?.allocatable ?? {}).filter(([name]) => name.includes('/'));
      for (const [name, amount] of extended) if (amount !== '0') devices.add(name);
    }
  };
  const read = await readable(connection.list(nodes, { onPage }, task));
  return read === undefined ? {} : { nodeCount, processors: [...processors], devices: [...devices] };
}
