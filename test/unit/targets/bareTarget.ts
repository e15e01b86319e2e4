import assert from 'node:assert/strict';
import type { Target } from '../../../src/targets/target.ts';

/** A target that has what every target has, does nothing, and fails a test that asks it for what the test has not given. */
export function bareTarget(own: Partial<Target> = {}): Target {
  const unused = (): never => assert.fail('not for this test');
  return {
    id: 'this-computer',
    label: 'This computer',
    summary: 'a server on 127.0.0.1',
    isRemote: false,
    keepsFailed: true,
    storageProblem: unused,
    checkName: (name) => (/^[a-z][-a-z0-9]*$/.test(name) ? undefined : `"${name}" cannot name a deployment.`),
    suggestName: (modelName) => modelName.toLowerCase(),
    deployments: () => [],
    onDidChangeDeployments: () => () => undefined,
    plan: unused,
    deploy: unused,
    remove: unused,
    endpoint: unused,
    restorePoint: unused,
    ...own,
  };
}
