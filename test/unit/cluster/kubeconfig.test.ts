import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kubeconfigPaths, readContexts } from '../../../src/cluster/kubeconfig/kubeconfig.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';

describe('readContexts', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-kubeconfig-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string): Promise<string> {
    const where = path.join(folder, name);
    await writeFile(where, content);
    return where;
  }

  const one = `
current-context: desk
contexts:
- {name: desk, context: {cluster: minikube, user: ada, namespace: ml}}
- {name: attic, context: {cluster: attic, user: ada}}
clusters:
- {name: minikube, cluster: {server: https://192.168.49.2:8443}}
users:
- {name: ada, user: {token: secret-token}}
`;

  it('merges as kubectl does: first definition wins, missing files are skipped', async () => {
    const first = await file('one', one);
    const second = await file(
      'two',
      'current-context: attic\ncontexts: [{name: desk, context: {cluster: other}}, {name: ward, context: {cluster: w}}]',
    );
    const contexts = await readContexts([path.join(folder, 'absent'), first, second]);
    assert.deepEqual(
      contexts.map(({ name, cluster, isCurrent, file: from }) => ({ name, cluster, isCurrent, from })),
      [
        { name: 'attic', cluster: 'attic', isCurrent: false, from: first },
        { name: 'desk', cluster: 'minikube', isCurrent: true, from: first },
        { name: 'ward', cluster: 'w', isCurrent: false, from: second },
      ],
    );
    assert.equal(contexts[1]?.server, 'https://192.168.49.2:8443');
    assert.equal(contexts[1]?.namespace, 'ml');
  });

  it('carries no credential', async () => {
    const contexts = await readContexts([await file('secret', one)]);
    assert.ok(!JSON.stringify(contexts).includes('secret-token'));
  });

  it('is empty for an empty file and for none', async () => {
    assert.deepEqual(await readContexts([await file('empty', '')]), []);
    assert.deepEqual(await readContexts([path.join(folder, 'absent')]), []);
  });

  for (const [title, content, message] of [
    ['broken YAML with its line', 'contexts:\n  - {name: desk', /broken-0 is not a kubeconfig \(line \d+\)/],
    ['a list instead of a mapping', '- a\n- b', /broken-1 is not a kubeconfig/],
  ] as const) {
    it(`names ${title}`, async () => {
      const where = await file(message.source.includes('broken-0') ? 'broken-0' : 'broken-1', content);
      await assert.rejects(readContexts([where]), (error) => {
        assert.ok(ModelDeckError.is(error));
        assert.equal(error.category, 'invalid-input');
        assert.match(error.message, message);
        assert.equal(error.nextStep?.kind, 'open-file');
        return true;
      });
    });
  }

  it('passes over entries of the wrong shape', async () => {
    const where = await file(
      'odd',
      'contexts: [3, {name: 5}, {name: ok, context: {cluster: c}}, {name: bare}]\nclusters: no',
    );
    assert.deepEqual(
      (await readContexts([where])).map(({ name }) => name),
      ['ok'],
    );
  });
});

describe('kubeconfigPaths', () => {
  it('is KUBECONFIG split by the platform, else the default', () => {
    assert.deepEqual(kubeconfigPaths({ KUBECONFIG: ['/a', '', '/b'].join(path.delimiter) }), ['/a', '/b']);
    assert.deepEqual(kubeconfigPaths({}, '/home/ada'), [path.join('/home/ada', '.kube', 'config')]);
  });
});
