import assert from 'node:assert/strict';
import { bareTarget } from '../targets/bareTarget.ts';
import type { Endpoint } from '../../../src/inference/index.ts';
import type { Deployment, Route, RouteKind, Target } from '../../../src/targets/target.ts';

/** A target that is told what it has, and notes what it is asked. */
export interface FakeTarget {
  readonly target: Target;
  readonly calls: string[];
  /** Listeners and followers that it has now. */
  readonly listeners: Set<() => void>;
  readonly follows: Set<object>;
  set(deployments: readonly Deployment[]): void;
  endpoint: (id: string, route: RouteKind | undefined, signal: AbortSignal | undefined) => Promise<Endpoint>;
  routes: readonly Route[];
}

export const forward: Route = { kind: 'port-forward', label: 'Port forward to cat-predictor-5f' };
export const ingress: Route = { kind: 'ingress', label: 'Ingress cat.example.com' };

export function deployment(id: string, change: Partial<Deployment> = {}): Deployment {
  const name = id.slice(id.lastIndexOf('/') + 1);
  return {
    id,
    name,
    targetId: id.slice(0, id.lastIndexOf('/')),
    state: 'ready',
    model: { name, storageUri: `pvc://models/${name}` },
    runtime: 'kserve-torchserve',
    protocol: 'v1',
    ...change,
  };
}

export function fakeTarget(id: string, deployments: readonly Deployment[]): FakeTarget {
  const isRemote = id.startsWith('kserve:');
  const unused = (): never => assert.fail('not a question of the panel');
  let known = deployments;
  const fake: FakeTarget = {
    calls: [],
    listeners: new Set(),
    follows: new Set(),
    routes: [forward, ingress],
    endpoint: unused,
    set: (next) => {
      known = next;
      for (const listener of fake.listeners) listener();
    },
    target: bareTarget({
      id,
      label: isRemote ? id.slice('kserve:'.length) : 'This computer',
      isRemote,
      keepsFailed: !isRemote,
      deployments: () => known,
      onDidChangeDeployments: (listener) => {
        fake.listeners.add(listener);
        return () => fake.listeners.delete(listener);
      },
      endpoint: (deploymentId, route, task) => {
        fake.calls.push(`endpoint ${route ?? ''}`.trim());
        return fake.endpoint(deploymentId, route, task?.signal);
      },
      ...(isRemote && {
        routes: {
          of: () => {
            fake.calls.push('routes');
            return Promise.resolve(fake.routes);
          },
          close: () => void fake.calls.push('close'),
        },
        follow: () => {
          const follower = {};
          fake.follows.add(follower);
          return () => fake.follows.delete(follower);
        },
      }),
    }),
  };
  return fake;
}
