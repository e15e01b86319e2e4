import type { KubeContext } from '../../../src/cluster/kubeconfig/kubeContext.ts';
import { ModelDeckError, type ErrorCategory } from '../../../src/foundation/error.ts';
import type { ServiceSummary } from '../../../src/kserve/serviceSummary.ts';
import type { ClaimRow } from '../../../src/views/clusters/claimNodes.ts';
import type { ClusterReader, Place } from '../../../src/views/clusters/clusterReader.ts';
import type { PodDetail } from '../../../src/views/clusters/podNodes.ts';
import type { RuntimeRow } from '../../../src/views/clusters/runtimeNodes.ts';
import type { TreeNode } from '../../../src/views/treeNode.ts';
import { ListSpy } from './listSpy.ts';

/** A cluster whose lists the test fills. */
export class FakeCluster implements ClusterReader {
  private readonly lists = new Map<string, ListSpy<never>>();
  /** What was opened, in that order. */
  readonly opened: string[] = [];
  refusal: Error | undefined;

  services = (place: Place) => this.open<ServiceSummary>('services', place);
  pods = (place: Place, service: string) => this.open<PodDetail>(`pods of ${service}`, place);
  servicePods = (place: Place) => this.open<PodDetail>('service pods', place);
  runtimes = (place: Place) => this.open<RuntimeRow>('runtimes', place);
  clusterRuntimes = (place: Place) => this.open<RuntimeRow>('cluster runtimes', place);
  claims = (place: Place) => this.open<ClaimRow>('claims', place);

  /** @param name for example `services`, `services in ml`, `pods of resnet in ml` */
  list<Row>(name: string): ListSpy<Row> {
    let list = this.lists.get(name);
    if (!list) this.lists.set(name, (list = new ListSpy<never>()));
    return list;
  }

  fill<Row>(name: string, rows: Readonly<Record<string, Row>>): void {
    this.list<Row>(name).set({ phase: 'live', rows: new Map(Object.entries(rows)) });
  }

  fail(name: string, error: unknown, phase: 'failed' | 'stale' = 'failed'): void {
    const { rows } = this.list(name).state();
    this.list(name).set({ phase, rows, error });
  }

  private open<Row>(what: string, { namespace }: Place): Promise<ListSpy<Row>> {
    const name = namespace === undefined ? what : `${what} in ${namespace}`;
    this.opened.push(name);
    return this.refusal === undefined ? Promise.resolve(this.list<Row>(name)) : Promise.reject(this.refusal);
  }
}

export const desk: KubeContext = { name: 'desk', cluster: 'minikube', isCurrent: true, namespace: 'ml', file: '/k' };

export function summary(key: string, more: Partial<ServiceSummary> = {}): ServiceSummary {
  const [namespace = '', name = ''] = key.split('/');
  return {
    name,
    namespace,
    uid: key,
    resourceVersion: '1',
    state: 'ready',
    reason: '',
    answers: true,
    hasTransformer: false,
    hasExplainer: false,
    ...more,
  };
}

export function services(...keys: readonly string[]): Record<string, ServiceSummary> {
  return Object.fromEntries(keys.map((key) => [key, summary(key)]));
}

export function pod(name: string, more: Partial<PodDetail> = {}): PodDetail {
  return {
    name,
    component: 'predictor',
    status: 'Running',
    readyContainers: 1,
    containers: 1,
    restarts: 0,
    isReady: true,
    phase: 'Running',
    containerStates: [{ name: 'kserve-container', state: 'running' }],
    ...more,
  };
}

/** An error as the cluster engine makes it of the server's own answer. */
export function answered(category: ErrorCategory, code: number): ModelDeckError {
  return new ModelDeckError(category, `Could not list InferenceServices on desk: HTTP ${code}.`, {
    remedy: 'Do something about it.',
    cause: { kind: 'Status', code, message: `HTTP ${code}` },
  });
}

export function rowsOf(nodes: readonly TreeNode[] | undefined): (string | undefined)[][] {
  return (nodes ?? []).map(({ label, description }) => (description === undefined ? [label] : [label, description]));
}

/** The node at the end of a path of labels. */
export async function at(nodes: readonly TreeNode[], ...labels: readonly string[]): Promise<TreeNode> {
  const [label, ...rest] = labels;
  const node = nodes.find((candidate) => candidate.label === label);
  if (!node) throw new Error(`${label} is not among ${nodes.map((other) => other.label).join(', ')}`);
  return rest.length === 0 ? node : at((await node.children?.()) ?? [], ...rest);
}
