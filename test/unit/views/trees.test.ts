import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoredModel } from '../../../src/stores/modelStore.ts';
import type { Deployment, Target } from '../../../src/targets/target.ts';
import { clusterNodes, deploymentNode } from '../../../src/views/clustersTree.ts';
import { escapeMarkdown } from '../../../src/views/markdown.ts';
import { bareTarget } from '../targets/bareTarget.ts';
import { storeNodes } from '../../../src/views/storesTree.ts';
import type { TreeNode } from '../../../src/views/treeNode.ts';

const model: StoredModel = {
  storeId: 'folder:/s',
  name: 'net',
  version: '1.0',
  storageUri: 'file:///s/net/1.0',
  path: '/s/net/1.0',
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
  return bareTarget({ deployments: () => deployments });
}

describe('clusterNodes', () => {
  it('has "This computer" first, then the contexts', async () => {
    const desk: TreeNode = {
      id: 'context/desk',
      label: 'desk',
      icon: { name: 'server-environment' },
      contextValue: 'context',
      subject: { kind: 'context', name: 'desk' },
    };
    const nodes = await clusterNodes({ standing: () => Promise.resolve([target([deployment])]) }, () =>
      Promise.resolve([desk]),
    );
    assert.deepEqual(
      nodes.map(({ label, description }) => [label, description]),
      [
        ['This computer', '1 of 1 ready'],
        ['desk', undefined],
      ],
    );
    assert.deepEqual(
      (await nodes[0]?.children?.())?.map(({ id }) => id),
      ['deployment/this-computer/net'],
    );
  });
});

describe('clusterNodes of an empty deck', () => {
  const standing = { standing: () => Promise.resolve([target([])]) };

  it('are none, so that the view can show its welcome', async () => {
    assert.deepEqual(await clusterNodes(standing, () => Promise.resolve([])), []);
  });

  it('are the targets again as soon as something is deployed', async () => {
    const nodes = await clusterNodes({ standing: () => Promise.resolve([target([deployment])]) }, () =>
      Promise.resolve([]),
    );
    assert.deepEqual(
      nodes.map(({ label }) => label),
      ['This computer'],
    );
  });
});

describe('clusterNodes of targets that cannot be read', () => {
  it('say why, and leave the contexts alone', async () => {
    const desk = { id: 'context/desk', label: 'desk', icon: { name: 'server-environment' }, contextValue: 'context' };
    const nodes = await clusterNodes({ standing: () => Promise.reject(new Error('The disk is gone.')) }, () =>
      Promise.resolve([{ ...desk, subject: { kind: 'context', name: 'desk' } }]),
    );
    assert.deepEqual(
      nodes.map(({ label }) => label),
      ['The disk is gone.', 'desk'],
    );
  });
});

describe('deploymentNode', () => {
  it('says a word only when the deployment is not healthy', () => {
    assert.equal(deploymentNode(deployment, {}).description, '1.0');
    assert.equal(deploymentNode({ ...deployment, state: 'starting' }, {}).description, 'Starting');
    assert.equal(deploymentNode({ ...deployment, state: 'failed', reason: 'No Java.' }, {}).description, 'Failed');
  });

  it('lets the menus know what its target can do', () => {
    const unused = (): never => assert.fail();
    const lifecycle = { start: unused, stop: unused };
    assert.equal(deploymentNode(deployment, {}).contextValue, 'deployment;ready');
    assert.equal(
      deploymentNode(deployment, { lifecycle, logs: { read: unused } }).contextValue,
      'deployment;ready;lifecycle;logs',
    );
  });

  it('tells a screen reader the state and the reason', () => {
    assert.equal(
      deploymentNode({ ...deployment, state: 'failed', reason: 'No Java.' }, {}).spoken,
      'net, version 1.0, Failed: No Java.',
    );
  });

  it('lets no text of a model become markup in the tooltip', async () => {
    const tooltip = await deploymentNode(
      { ...deployment, state: 'failed', reason: '[x](command:evil) | <img src=x>\n# big' },
      {},
    ).tooltip?.();
    assert.ok(tooltip);
    assert.ok(!/(?<!\\)[[<]/.test(tooltip), tooltip);
    assert.equal(tooltip.split('\n').filter((line) => line.includes('Reason')).length, 1);
  });
});

describe('storeNodes', () => {
  const store = (models: readonly StoredModel[]) => ({
    claims: () => [],
    stores: {
      known: () =>
        Promise.resolve([
          {
            id: 'folder:/s',
            label: 'Local store',
            folder: '/s',
            locate: () => assert.fail(),
            list: () => Promise.resolve(models),
            put: () => assert.fail(),
            remove: () => assert.fail(),
          },
        ]),
    },
  });

  it('lists the models with their versions', async () => {
    const [node] = await storeNodes(store([model]));
    const children = await node?.children?.();
    assert.deepEqual(
      children?.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [['net', '1.0', 'model;local;removable']],
    );
  });

  it('has no rows while every store is empty, so that the view can show its welcome', async () => {
    assert.deepEqual(await storeNodes(store([])), []);
  });

  it('says of a store that it is empty where others are not', async () => {
    const claim: TreeNode = {
      id: 'claims/desk',
      label: 'desk',
      icon: { name: 'server-environment' },
      contextValue: 'context',
      subject: { kind: 'context', name: 'desk' },
    };
    const [node] = await storeNodes({ ...store([]), claims: () => [claim] });
    assert.deepEqual([node?.label, node?.description], ['Local store', 'no models']);
    assert.deepEqual(await node?.children?.(), []);
  });

  it('says of a store that cannot be listed why, below its row', async () => {
    const { stores, claims } = store([]);
    const known = async () =>
      (await stores.known()).map((one) => ({ ...one, list: () => Promise.reject(new Error('The disk is gone.')) }));
    const [node] = await storeNodes({ stores: { known }, claims });
    assert.deepEqual(
      (await node?.children?.())?.map(({ label, contextValue }) => [label, contextValue]),
      [['The disk is gone.', 'problem']],
    );
  });
});

describe('escapeMarkdown', () => {
  it('leaves words alone', () => assert.equal(escapeMarkdown('Egyptian cat'), 'Egyptian cat'));
});
