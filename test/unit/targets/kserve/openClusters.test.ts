import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { configMaps } from '../../../../src/kserve/resources/core.ts';
import { openClusters } from '../../../../src/targets/index.ts';
import type { Clusters } from '../../../../src/targets/index.ts';

describe('a kubeconfig that changes', () => {
  let folder: string;
  let file: string;
  let clusters: Clusters;
  const write = (
    change: {
      readonly current?: string;
      readonly token?: string;
      readonly as?: string;
      readonly without?: string;
    } = {},
  ) => {
    const { current = 'lab', token = 'one', as, without } = change;
    const names = ['lab', 'lab/annex'].filter((name) => name !== without);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': current,
      clusters: names.map((name) => ({ name, cluster: { server: 'https://127.0.0.1:1' } })),
      users: names.map((name) => ({
        name,
        user: { token: name === 'lab' ? token : 'other', ...(name === 'lab' && { as }) },
      })),
      contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
    };
    return writeFile(file, JSON.stringify(config));
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-clusters-'));
    file = path.join(folder, 'config');
    await write();
    clusters = openClusters({ files: () => Promise.resolve([file]), environment: {} });
  });
  afterEach(async () => {
    clusters.close();
    await rm(folder, { recursive: true });
  });

  it('leaves alone what another current context does not concern', async () => {
    const target = await clusters.target('lab', 'ml');
    await write({ current: 'lab/annex' });
    await clusters.reset();
    assert.equal(await clusters.target('lab', 'ml'), target);
    assert.equal(await clusters.connect('lab'), target.cluster.connection);
    assert.deepEqual(clusters.openTargets(), [target]);
  });

  it('closes the connections of a context whose user is another one, and those only', async () => {
    const [lab, annex] = await Promise.all([clusters.target('lab', 'ml'), clusters.target('lab/annex', 'ml')]);
    await write({ as: 'eve' });
    await clusters.reset();
    assert.deepEqual(clusters.openTargets(), [annex]);
    await assert.rejects(lab.cluster.connection.get(configMaps, { name: 'a', namespace: 'ml' }), {
      category: 'cancelled',
    });
    assert.notEqual(await clusters.target('lab', 'ml'), lab);
    assert.equal(await clusters.target('lab/annex', 'ml'), annex);
  });

  it('goes on with its work when a token is renewed, and while the file cannot be read or is half written', async () => {
    const target = await clusters.target('lab', 'ml');
    await write({ token: 'two' });
    await clusters.reset();
    for (const content of ['', 'contexts:\n  - {name: la']) {
      await writeFile(file, content);
      await clusters.reset();
    }
    await rm(file);
    await clusters.reset();
    assert.deepEqual(clusters.openTargets(), [target]);
    await assert.rejects((await clusters.connect('lab')).get(configMaps, { name: 'a', namespace: 'ml' }), {
      category: 'unreachable',
      brief: 'connection refused',
    });
  });

  it('closes those of a context that is gone', async () => {
    await clusters.target('lab', 'ml');
    await write({ without: 'lab' });
    await clusters.reset();
    assert.deepEqual(clusters.openTargets(), []);
    await assert.rejects(clusters.connect('lab'), { category: 'not-found' });
  });
});
