import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeContext } from '../../../src/cluster/kubeconfig.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { StoredModel } from '../../../src/stores/modelStore.ts';
import type { Deployment, Target } from '../../../src/targets/target.ts';
import { clusterNodes, deploymentNode } from '../../../src/views/clustersTree.ts';
import { escapeMarkdown } from '../../../src/views/markdown.ts';
import { storeNodes } from '../../../src/views/storesTree.ts';

const model: StoredModel = {
  storeId: 'folder:/s',
  name: 'net',
  version: '1.0',
  storageUri: 'file:///s/net/1.0',
  size: 5_000_000,
  sha256: 'ab'.repeat(32),
};
const deployment: Deployment = {
  id: 'this-computer/net',
  name: 'net',
  targetId: 'this-computer',
  state: 'ready',
  model,
  runtime: 'ONNX Runtime (WebAssembly)',
  protocol: 'v1',
  url: 'http://127.0.0.1:9',
};

function target(deployments: readonly Deployment[]): Target {
  const unused = (): never => assert.fail('not for a tree');
  return {
    id: 'this-computer',
    kind: 'this-computer',
    label: 'This computer',
    deployments: () => deployments,
    onDidChangeDeployments: () => () => undefined,
    plan: unused,
    deploy: unused,
    start: unused,
    stop: unused,
    remove: unused,
    endpoint: unused,
    routes: unused,
    closeRoutes: unused,
    log: unused,
    restorePoint: unused,
  };
}

const contexts: readonly KubeContext[] = [
  { name: 'desk', cluster: 'minikube', isCurrent: true, file: '/k' },
  { name: 'ward', cluster: 'w', isCurrent: false, file: '/k' },
];

describe('clusterNodes', () => {
  it('has "This computer" first, then the contexts, the current one marked', async () => {
    const nodes = await clusterNodes({
      thisComputer: () => Promise.resolve(target([deployment])),
      contexts: () => Promise.resolve(contexts),
    });
    assert.deepEqual(
      nodes.map(({ label, description }) => [label, description]),
      [
        ['This computer', '1 of 1 ready'],
        ['desk', 'current'],
        ['ward', undefined],
      ],
    );
    assert.deepEqual(
      (await nodes[0]?.children?.())?.map(({ id }) => id),
      ['deployment/this-computer/net'],
    );
  });

  it('keeps "This computer" when the kubeconfig cannot be read, and says what is wrong with it', async () => {
    const broken = new ModelDeckError('invalid-input', '/k is not a kubeconfig.', { remedy: 'Mend the file.' });
    const nodes = await clusterNodes({
      thisComputer: () => Promise.resolve(target([])),
      contexts: () => Promise.reject(broken),
    });
    assert.deepEqual(
      nodes.map(({ label, contextValue }) => [label, contextValue]),
      [
        ['This computer', 'target;this-computer'],
        ['/k is not a kubeconfig.', 'problem'],
      ],
    );
    assert.match((await nodes[1]?.tooltip?.()) ?? '', /Mend the file/);
  });
});

describe('deploymentNode', () => {
  it('says a word only when the deployment is not healthy', () => {
    assert.equal(deploymentNode(deployment).description, '1.0');
    assert.equal(deploymentNode({ ...deployment, state: 'starting' }).description, 'Starting');
    assert.equal(deploymentNode({ ...deployment, state: 'failed', reason: 'No Java.' }).description, 'Failed');
  });

  it('tells a screen reader the state and the reason', () => {
    assert.equal(
      deploymentNode({ ...deployment, state: 'failed', reason: 'No Java.' }).spoken,
      'net, version 1.0, Failed: No Java.',
    );
  });

  it('lets no text of a model become markup in the tooltip', async () => {
    const tooltip = await deploymentNode({
      ...deployment,
      state: 'failed',
      reason: '[x](command:evil) | <img src=x>\n# big',
    }).tooltip?.();
    assert.ok(tooltip);
    assert.ok(!/(?<!\\)[[<]/.test(tooltip), tooltip);
    assert.equal(tooltip.split('\n').filter((line) => line.includes('Reason')).length, 1);
  });
});

describe('storeNodes', () => {
  const store = (models: readonly StoredModel[]) => ({
    localStore: () =>
      Promise.resolve({
        folder: '/s',
        store: {
          id: 'folder:/s',
          kind: 'folder' as const,
          label: 'Local store',
          list: () => Promise.resolve(models),
          upload: () => assert.fail(),
          remove: () => assert.fail(),
        },
      }),
  });

  it('lists the models with their versions', async () => {
    const [node] = await storeNodes(store([model]));
    const children = await node?.children?.();
    assert.deepEqual(
      children?.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [['net', '1.0', 'model']],
    );
  });

  it('leads to packaging when it is empty', async () => {
    const [node] = await storeNodes(store([]));
    assert.equal((await node?.children?.())?.[0]?.open?.command, 'modelDeck.packageModel');
  });
});

describe('escapeMarkdown', () => {
  it('leaves words alone', () => assert.equal(escapeMarkdown('Egyptian cat'), 'Egyptian cat'));
});
