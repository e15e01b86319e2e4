import type { Deployment, DeploymentState, Target, TargetCapabilities } from '../targets/target.ts';
import type { Targets } from '../targets/targets.ts';
import { escapeMarkdown, factTable } from './markdown.ts';
import { problemNode } from './problemNode.ts';
import type { TreeNode } from './treeNode.ts';
import { contextValue } from './contextValue.ts';

/**
 * Rows of the Clusters view: the targets that are there by themselves first, then the kubeconfig's contexts. None while nothing
 * is deployed and there is no context: then the view shows its welcome with the ways in.
 */
export async function clusterNodes(
  targets: Pick<Targets, 'standing'>,
  contexts: () => Promise<readonly TreeNode[]>,
): Promise<readonly TreeNode[]> {
  const [standing, clusters] = await Promise.all([standingRows(targets), contexts()]);
  return standing.inUse || clusters.length > 0 ? [...standing.nodes, ...clusters] : [];
}

interface StandingRows {
  readonly nodes: readonly TreeNode[];
  /** Whether there is something to see in them. */
  readonly inUse: boolean;
}

/** What cannot be read leaves the other rows alone. */
async function standingRows(targets: Pick<Targets, 'standing'>): Promise<StandingRows> {
  try {
    const standing = await targets.standing();
    return { nodes: standing.map(targetNode), inUse: standing.some((target) => target.deployments().length > 0) };
  } catch (error) {
    return { nodes: [problemNode('targets', error)], inUse: true };
  }
}

function targetNode(target: Target): TreeNode {
  const deployments = target.deployments();
  const ready = deployments.filter((deployment) => deployment.state === 'ready').length;
  return {
    id: `target/${target.id}`,
    label: target.label,
    ...(deployments.length > 0 && { description: `${ready} of ${deployments.length} ready` }),
    icon: { name: target.isRemote ? 'cloud' : 'device-desktop' },
    contextValue: contextValue('target'),
    subject: { kind: 'target', targetId: target.id },
    expanded: true,
    children: () => Promise.resolve(target.deployments().map((deployment) => deploymentNode(deployment, target))),
    tooltip: () => Promise.resolve(escapeMarkdown(target.about ?? target.summary)),
  };
}

const stateIcons: Record<DeploymentState, TreeNode['icon']> = {
  starting: { name: 'loading~spin' },
  ready: { name: 'pass-filled', color: 'testing.iconPassed' },
  stopped: { name: 'debug-pause' },
  failed: { name: 'error', color: 'problemsErrorIcon.foreground' },
};

const stateWords: Record<DeploymentState, string> = {
  starting: 'Starting',
  ready: 'Ready',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** One deployment as a row. A ready one shows its version only: a healthy row needs no word. */
export function deploymentNode(deployment: Deployment, target: TargetCapabilities): TreeNode {
  const word = stateWords[deployment.state];
  const { version } = deployment.model;
  const description = deployment.state === 'ready' ? version : word;
  return {
    id: `deployment/${deployment.id}`,
    label: deployment.name,
    ...(description !== undefined && { description }),
    icon: stateIcons[deployment.state],
    contextValue: contextValue(
      'deployment',
      deployment.state,
      target.lifecycle !== undefined && 'lifecycle',
      target.logs !== undefined && 'logs',
    ),
    subject: { kind: 'deployment', deployment },
    spoken: `${deployment.name}${version ? `, version ${version}` : ''}, ${word}${deployment.reason ? `: ${deployment.reason}` : ''}`,
    tooltip: () => Promise.resolve(deploymentTooltip(deployment)),
  };
}

function deploymentTooltip(deployment: Deployment): string {
  const rows: [string, string | undefined][] = [
    ['State', stateWords[deployment.state]],
    ['Reason', deployment.reason],
    ['URL', deployment.url],
    ['Runtime', deployment.runtime],
    ['Protocol', deployment.protocol.toUpperCase()],
    ['Model', [deployment.model.name, deployment.model.version].filter(Boolean).join(' ')],
    ['Storage', deployment.model.storageUri],
    ['sha256', deployment.model.sha256],
  ];
  return factTable(deployment.name, rows);
}
