import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterConnection } from '../../../src/cluster/clusterConnection.ts';
import { clusterChoices } from '../../../src/commands/deploy/clusterChoices.ts';
import type { DeployChoices } from '../../../src/commands/deploy/deploySteps.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import * as kserve from '../../../src/kserve/index.ts';

const signal = new AbortController().signal;

/** A package of a format that no runtime is made for. */
const ways: Parameters<typeof clusterChoices>[2] = () =>
  Promise.resolve([
    {
      kind: 'archive',
      label: 'archive',
      modelFormat: 'homemade',
      protocols: ['v1'],
      verdict: () => ({ cautions: [] }),
    },
  ]);

interface Cluster {
  /** Status of the group of InferenceServices. */
  readonly group?: number;
  /** Model formats of the runtimes of the cluster. */
  readonly formats?: readonly string[] | 'forbidden';
}

/** The choices in a cluster, and what it was asked. */
async function choicesIn({ group = 200, formats = [] }: Cluster): Promise<{ choices: DeployChoices; asked: string[] }> {
  const asked: string[] = [];
  const items = (formats === 'forbidden' ? [] : formats).map((name) => ({
    metadata: { name },
    spec: { supportedModelFormats: [{ name, autoSelect: true }], protocolVersions: ['v1'], containers: [] },
  }));
  const connection = {
    context: { name: 'lab', cluster: 'lab', isCurrent: true, file: '/k' },
    namespace: 'default',
    request: ({ path }: { readonly path: string }) => {
      asked.push(path);
      return Promise.resolve({ status: group, body: '' });
    },
    list: (type: { readonly plural: string }) => {
      const all = type.plural === 'clusterservingruntimes' ? items : [];
      return Promise.resolve({ items: all, resourceVersion: '1' });
    },
  };
  const forbidden = () => Promise.reject(new ModelDeckError('forbidden', 'You may not list them.'));
  const cluster = { ...connection, ...(formats === 'forbidden' && { list: forbidden }) };
  const services = {
    kserve: () => Promise.resolve(kserve),
    clusters: () => Promise.resolve({ connect: () => Promise.resolve(cluster as unknown as ClusterConnection) }),
    namespaces: { of: () => [], add: () => Promise.resolve(), forget: () => Promise.resolve() },
    targets: { standing: () => Promise.resolve([]) },
    stores: {},
  };
  const choices = await clusterChoices(services as unknown as Parameters<typeof clusterChoices>[0], [], ways);
  return { choices, asked };
}

describe('what "Deploy Model…" finds out when a cluster and a namespace are picked', () => {
  it('is that the cluster has no KServe, each time until it has', async () => {
    const { choices, asked } = await choicesIn({ group: 404 });
    for (let tries = 0; tries < 2; tries++) {
      await assert.rejects(choices.requireKServe('lab', signal), (error) => {
        assert.ok(ModelDeckError.is(error));
        assert.match(error.message, /KServe is not installed in the cluster of lab/);
        assert.match(error.remedy ?? '', /Install KServe/);
        return true;
      });
    }
    assert.equal(asked.length, 2);
  });

  it('is that it has KServe, asked once; a cluster that does not say is taken as it is', async () => {
    const { choices, asked } = await choicesIn({});
    await choices.requireKServe('lab', signal);
    await choices.requireKServe('lab', signal);
    assert.equal(asked.length, 1);
    await (await choicesIn({ group: 403 })).choices.requireKServe('lab', signal);
  });

  it('is that no runtime serves the model there, with what would help', async () => {
    const { choices } = await choicesIn({ formats: ['sklearn'] });
    await assert.rejects(choices.requireRuntime('lab', 'ml', signal), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.match(error.message, /No serving runtime of ml can serve this model/);
      assert.match(error.remedy ?? '', /Install one that does/);
      return true;
    });
  });

  it('is nothing where a runtime fits, or where the user may not know', async () => {
    for (const formats of [['homemade'], 'forbidden'] as const) {
      const { choices } = await choicesIn({ formats });
      await choices.requireRuntime('lab', 'ml', signal);
    }
  });
});
