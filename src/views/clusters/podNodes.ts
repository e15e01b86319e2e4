import { kserveLabels } from '../../kserve/annotations.ts';
import { predictorNameOf } from '../../kserve/predictors.ts';
import type { PodRow, ServiceComponent } from '../../kserve/pods.ts';
import type { ContainerState, Pod } from '../../kserve/resources/core.ts';
import { factTable } from '../markdown.ts';
import type { PodSubject, TreeNode } from '../treeNode.ts';
import { ageOf } from '../../kserve/describe/age.ts';
import { noteNode } from './noteNodes.ts';
import { contextValue, rowWord } from '../contextValue.ts';

/** What the tree keeps of a pod. */
export interface PodDetail extends PodRow {
  /** The InferenceService that it belongs to. */
  readonly service?: string;
  /** Of the predictor that it is of, where that has one: a canary. */
  readonly predictor?: string;
  readonly phase: string;
  readonly containerStates: readonly ContainerDetail[];
}

export interface ContainerDetail {
  readonly name: string;
  readonly state: 'running' | 'waiting' | 'terminated';
  /** Kubernetes' reason, where it is not running. */
  readonly reason?: string;
  readonly message?: string;
}

/** @param row the same pod as kubectl lists it */
export function podDetail(pod: Pod, row: PodRow): PodDetail {
  const statuses = new Map(pod.status?.containerStatuses?.map(({ name, state }) => [name, state]));
  const service = pod.metadata.labels?.[kserveLabels.inferenceService];
  const predictor = predictorNameOf(pod);
  return {
    ...row,
    ...(service !== undefined && { service }),
    ...(predictor !== undefined && { predictor }),
    // kubectl says Pending, which tells nothing from a pod that is about to start.
    status: row.status === 'Pending' && isUnschedulable(pod) ? 'Unschedulable' : row.status,
    phase: pod.status?.phase ?? 'Unknown',
    containerStates: (pod.spec?.containers ?? []).map(({ name }) => containerDetail(name, statuses.get(name))),
  };
}

function isUnschedulable({ status }: Pod): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'Unschedulable') === true;
}

/** What keeps pods from starting, by their InferenceService; states that pass by themselves are no trouble. */
export function troubleByService(pods: Iterable<PodDetail>): ReadonlyMap<string, string> {
  const trouble = new Map<string, string>();
  for (const pod of pods) {
    if (pod.service === undefined || trouble.has(pod.service)) continue;
    if (!isHealthy(pod) && !passing.test(pod.status)) trouble.set(pod.service, pod.status);
  }
  return trouble;
}

function containerDetail(name: string, state: ContainerState | undefined): ContainerDetail {
  const kind = state?.running ? 'running' : state?.terminated ? 'terminated' : 'waiting';
  const { reason, message } = state?.terminated ?? state?.waiting ?? {};
  return { name, state: kind, ...(reason && { reason }), ...(message && { message }) };
}

const componentLabels: Record<ServiceComponent, string> = {
  predictor: 'Predictor',
  transformer: 'Transformer',
  explainer: 'Explainer',
};

export interface ServiceName {
  readonly contextName: string;
  readonly namespace: string;
  readonly service: string;
}

/**
 * A part of an InferenceService, with its pods. It says the first trouble that they have.
 *
 * @param allPods those of all parts
 */
export function componentNode(
  parentId: string,
  of: ServiceName,
  component: ServiceComponent,
  allPods: readonly PodDetail[],
): TreeNode {
  const pods = allPods.filter((pod) => (pod.component ?? 'predictor') === component);
  const trouble = pods.find((pod) => !isHealthy(pod))?.status;
  const id = `${parentId}/${component}`;
  const label = componentLabels[component];
  return {
    id,
    label,
    ...(trouble !== undefined && { description: trouble }),
    icon: {
      name: component === 'predictor' ? 'symbol-method' : component === 'transformer' ? 'arrow-swap' : 'lightbulb',
    },
    contextValue: contextValue('component', component),
    subject: { kind: 'component', ...of, component },
    spoken: `${label}, ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'}${trouble ? `, ${trouble}` : ''}`,
    expanded: true,
    children: () => Promise.resolve(pods.length > 0 ? pods.map((pod) => podNode(id, of, pod)) : [noPods(id, of)]),
  };
}

function noPods(id: string, { contextName, namespace }: ServiceName): TreeNode {
  return { ...noteNode(id, 'empty', { kind: 'namespace', contextName, namespace }), label: 'No pods' };
}

function podNode(parentId: string, of: ServiceName, pod: PodDetail): TreeNode {
  const id = `${parentId}/${pod.name}`;
  const word = [pod.predictor, isHealthy(pod) ? undefined : pod.status].filter(Boolean).join(' · ');
  const subject: PodSubject = {
    kind: 'pod',
    contextName: of.contextName,
    namespace: of.namespace,
    pod: pod.name,
    containers: pod.containerStates.map(({ name }) => name),
  };
  return {
    id,
    label: pod.name,
    ...(word !== '' && { description: word }),
    icon: podIcon(pod),
    contextValue: contextValue('pod', rowWord('pod', pod.phase)),
    subject,
    spoken: `Pod ${pod.name}, ${pod.status}, ${pod.readyContainers} of ${pod.containers} containers ready`,
    made: pod,
    tooltip: () => Promise.resolve(podTooltip(pod)),
    ...(pod.containerStates.length > 1 && {
      children: () => Promise.resolve(pod.containerStates.map((container) => containerNode(id, subject, container))),
    }),
  };
}

function isHealthy({ status, isReady, phase }: PodDetail): boolean {
  return (status === 'Running' && isReady) || phase === 'Succeeded';
}

/** States that pass by themselves; every other one that is not healthy is trouble. */
const passing = /^(Pending|Terminating|PodInitializing|ContainerCreating|Running|Init:\d+\/\d+|Init:PodInitializing)$/;

function podIcon(pod: PodDetail): TreeNode['icon'] {
  if (isHealthy(pod)) return { name: 'pass-filled', color: 'testing.iconPassed' };
  if (pod.status === 'Terminating') return { name: 'trash' };
  if (passing.test(pod.status)) return { name: 'loading~spin' };
  return { name: 'error', color: 'problemsErrorIcon.foreground' };
}

function podTooltip(pod: PodDetail): string {
  const restarted = pod.lastRestart === undefined ? '' : ` (last ${ageOf(pod.lastRestart)} ago)`;
  return factTable(pod.name, [
    ['Predictor', pod.predictor],
    ['Status', pod.status],
    ['Ready', `${pod.readyContainers}/${pod.containers}`],
    ['Restarts', `${pod.restarts}${restarted}`],
    ['Node', pod.node],
    ['Age', ageOf(pod.createdAt)],
    ...pod.containerStates.map(({ name, state, reason, message }): [string, string] => [
      'Container',
      `${name}: ${[reason ?? state, message].filter(Boolean).join(', ')}`,
    ]),
  ]);
}

function containerNode(parentId: string, pod: PodSubject, { name, state, reason, message }: ContainerDetail): TreeNode {
  const word = state === 'running' ? undefined : (reason ?? state);
  return {
    id: `${parentId}/${name}`,
    label: name,
    ...(word !== undefined && { description: word }),
    icon: { name: 'symbol-field' },
    contextValue: contextValue('container', state),
    subject: { ...pod, kind: 'container', container: name },
    spoken: `Container ${name}, ${word ?? 'running'}`,
    ...(message !== undefined && { tooltip: () => Promise.resolve(factTable(name, [['Message', message]])) }),
  };
}
