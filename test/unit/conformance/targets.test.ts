import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { clusterChoices } from '../../../src/commands/deploy/clusterChoices.ts';
import { givenByRow, givenByScript } from '../../../src/commands/deploy/deployArguments.ts';
import { deployAnswers, deployQuestions } from '../../../src/commands/deploy/deployQuestions.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import * as kserve from '../../../src/kserve/index.ts';
import { FolderStore } from '../../../src/stores/index.ts';
import { Stores } from '../../../src/stores/stores.ts';
import { formatDeploymentRef } from '../../../src/targets/deploymentRef.ts';
import type { Deployment, Target } from '../../../src/targets/target.ts';
import { standingTarget, Targets } from '../../../src/targets/targets.ts';
import { clusterNodes } from '../../../src/views/clustersTree.ts';
import { conformsAsTarget } from '../../conformance/targets.ts';
import { packageSample } from '../local/sampleArchive.ts';
import { bareTarget } from '../targets/bareTarget.ts';
import { fakeNamespace, fakeServer, storedModel } from '../targets/kserve/fakeKServe.ts';
import { openThisComputer } from '../targets/openThisComputer.ts';

describe('This computer', () => {
  conformsAsTarget(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-conformance-'));
    const store = new FolderStore(path.join(folder, 'models'));
    const model = await store.put(await packageSample(path.join(folder, 'package')));
    const target = await openThisComputer(path.join(folder, 'state'));
    const close = async (): Promise<void> => {
      await target.dispose();
      await rm(folder, { recursive: true });
    };
    return { target, model, foreignUri: 'pvc://models/cats/1.0', close };
  });
});

describe('A namespace with KServe', () => {
  conformsAsTarget(async () => {
    const server = await fakeServer(() => ({ body: { ready: true } }));
    const { target } = fakeNamespace(server.url);
    const close = (): void => {
      target.dispose();
      server.close();
    };
    return { target, model: storedModel('1.0'), foreignUri: 'file:///models/cats/1.0', close };
  });
});

/** A target that is known to this test only, with a capability that no other has. */
function shelf(): Target & { readonly dust: (deploymentId: string) => string } {
  const all = new Map<string, Deployment>();
  const listeners = new Set<() => void>();
  const changed = (): void => listeners.forEach((listener) => listener());
  const get = (id: string): Deployment => {
    const found = all.get(id);
    if (found) return found;
    throw new ModelDeckError('not-found', `The shelf has no ${id}.`);
  };
  return {
    ...bareTarget(),
    id: 'shelf',
    label: 'The shelf',
    summary: 'where models rest',
    isRemote: true,
    storageProblem: (uri) => (uri.startsWith('file:') ? undefined : `The shelf cannot reach ${uri}.`),
    checkName: (name) => (/^[a-z]{1,20}$/.test(name) ? undefined : `"${name}" does not fit on the label.`),
    suggestName: (modelName) =>
      modelName
        .toLowerCase()
        .replace(/[^a-z]/g, '')
        .slice(0, 20) || 'model',
    deployments: () => [...all.values()],
    onDidChangeDeployments: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    plan: () => Promise.resolve({ runtime: 'wood', reason: 'It is there.', warnings: [] }),
    deploy: ({ name, model, protocol }) => {
      const id = formatDeploymentRef({ targetId: 'shelf', name });
      const deployment = { id, name, targetId: 'shelf', state: 'ready', model, runtime: 'wood', protocol } as const;
      all.set(id, deployment);
      changed();
      return Promise.resolve(deployment);
    },
    remove: (id) => {
      all.delete(id);
      changed();
      return Promise.resolve();
    },
    endpoint: async (id) => {
      const { name, protocol, model } = await Promise.resolve().then(() => get(id));
      const { name: modelName } = model;
      const limits = { maxRequestBytes: 1000, imageEncoding: 'rgb-jpeg' } as const;
      return { id, label: name, targetLabel: 'The shelf', baseUrl: 'http://shelf', modelName, protocol, ...limits };
    },
    restorePoint: (name) => {
      const id = formatDeploymentRef({ targetId: 'shelf', name });
      const before = all.get(id);
      return Promise.resolve({
        restore: ({ storageUri }) => {
          if (before) all.set(id, before);
          else all.delete(id);
          changed();
          const modelInUse = [...all.values()].some(({ model }) => model.storageUri === storageUri);
          return Promise.resolve({ remains: [], modelInUse });
        },
      });
    },
    logs: { read: (id) => Promise.resolve().then(() => `${get(id).name} rests.\n`) },
    dust: (id) => `${get(id).name} is clean.`,
  };
}

describe('A target of a kind that only this test knows', () => {
  const model = { ...storedModel('1.0'), storageUri: 'file:///models/cats/1.0' };
  conformsAsTarget(() =>
    Promise.resolve({ target: shelf(), model, foreignUri: 'pvc://models/cats/1.0', close: () => undefined }),
  );

  const target = shelf();
  const targets = new Targets([standingTarget('this-computer', () => Promise.resolve(bareTarget()))]);
  targets.register(standingTarget('shelf', () => Promise.resolve(target)));

  it('is found by its id and by those of its deployments, with all that it can do', async () => {
    const { id } = await target.deploy({ name: 'cats', model, protocol: 'v1' });
    const found = await targets.ofDeployment(id);
    assert.equal(found, target);
    assert.equal('dust' in found && found.dust(id), 'cats is clean.');
    await assert.rejects(targets.of('attic'), { category: 'not-found', message: /attic/ });
    await assert.rejects(targets.ofDeployment('attic/cats'), { category: 'not-found' });
  });

  it('has a row with its deployments, whose menus offer what it can do', async () => {
    const nodes = await clusterNodes(targets, () => Promise.resolve([]));
    assert.deepEqual(
      nodes.map(({ label }) => label),
      ['This computer', 'The shelf'],
    );
    const rows = await nodes[1]?.children?.();
    assert.deepEqual(
      rows?.map(({ label, contextValue }) => [label, contextValue]),
      [['cats', 'deployment;ready;logs']],
    );
  });

  it('is a choice of "Deploy Model…", with its own rule for names', async () => {
    const unused = (): never => assert.fail('no cluster is asked');
    const services = {
      targets,
      kserve: () => Promise.resolve(kserve),
      clusters: unused,
      namespaces: { of: () => [], add: unused, forget: unused },
      stores: new Stores(),
    };
    const choices = await clusterChoices(services, [], unused);
    const context = { modelName: 'Überwachung', given: {}, remembered: {}, choices };
    const [first] = deployQuestions(context);
    assert.ok(first && 'ask' in first);
    const asked = first.ask({});
    assert.ok(asked?.kind === 'pick');
    assert.deepEqual(
      asked.items.map(({ value, description }) => [value, description]),
      [
        ['this-computer', 'a server on 127.0.0.1'],
        ['shelf', 'where models rest'],
        ['advanced:this-computer', 'This computer, with a name and a protocol of your choice'],
        ['advanced:shelf', 'The shelf, with a name and a protocol of your choice'],
        ['+kubeconfig', 'No cluster was found: choose the file that names yours'],
      ],
    );
    const chosen = { kind: 'target', target: 'shelf', name: 'berwachung', protocol: 'v1' } as const;
    assert.deepEqual(deployAnswers({ target: 'shelf' }, context), chosen, 'it has no other letters');
    const row = givenByRow({ kind: 'target', targetId: 'shelf' }, new Stores());
    assert.deepEqual(deployAnswers({}, { ...context, given: row }), chosen);
    assert.deepEqual(givenByScript({ target: 'shelf' }, ['this-computer', 'shelf']), { target: 'shelf' });
  });

  it('tells that it changed to who listens to the registry', async () => {
    const kind = standingTarget(
      'shelf',
      () => Promise.resolve(target),
      (listener) => target.onDidChangeDeployments(listener),
    );
    const others = new Targets([kind]);
    let changes = 0;
    const end = others.onDidChange(() => (changes += 1));
    await target.deploy({ name: 'dogs', model, protocol: 'v2' });
    end();
    await target.remove('shelf/dogs');
    assert.equal(changes, 1);
    assert.deepEqual(await others.known(), [target]);
  });
});
