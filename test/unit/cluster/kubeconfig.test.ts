import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readContexts } from '../../../src/cluster/kubeconfig/kubeconfig.ts';
import { kubeconfigPaths } from '../../../src/cluster/kubeconfig/kubeconfigFile.ts';

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
    const { contexts } = await readContexts([path.join(folder, 'absent'), first, second]);
    assert.deepEqual(
      contexts.map(({ name, cluster, isCurrent, file: from }) => ({ name, cluster, isCurrent, from })),
      [
        { name: 'desk', cluster: 'minikube', isCurrent: true, from: first },
        { name: 'attic', cluster: 'attic', isCurrent: false, from: first },
        { name: 'ward', cluster: 'w', isCurrent: false, from: second },
      ],
    );
    assert.equal(contexts[0]?.server, 'https://192.168.49.2:8443');
    assert.equal(contexts[0]?.namespace, 'ml');
  });

  it('carries no credential', async () => {
    const { contexts } = await readContexts([await file('secret', one)]);
    assert.ok(!JSON.stringify(contexts).includes('secret-token'));
  });

  it('is empty for an empty file and for none', async () => {
    const none = { contexts: [], problems: [] };
    assert.deepEqual(await readContexts([await file('empty', '')]), none);
    assert.deepEqual(await readContexts([path.join(folder, 'absent')]), none);
  });

  for (const [title, content, message] of [
    [
      'broken YAML with its line and the reason',
      'contexts:\n  - {name: desk',
      /is not a kubeconfig: .+ in line \d+\.$/,
    ],
    ['a list instead of a mapping', '- a\n- b', /is not a kubeconfig: it is not a mapping\.$/],
  ] as const) {
    it(`names ${title}, and lists what the other files have`, async () => {
      const good = await file('good', one);
      const broken = await file('broken', content);
      const { contexts, problems } = await readContexts([broken, good], { KUBECONFIG: broken });
      assert.deepEqual(
        contexts.map(({ name }) => name),
        ['desk', 'attic'],
      );
      const [problem] = problems;
      assert.equal(problem?.category, 'invalid-input');
      assert.match(problem.message, message);
      assert.equal(problem.nextStep?.kind, 'open-file');
      assert.equal(problem.remedy, 'Fix the file, or remove it from the variable KUBECONFIG.');
      const [fromSetting] = (await readContexts([broken])).problems;
      assert.match(fromSetting?.remedy ?? '', /setting "modelDeck\.kubeconfig\.files"/);
    });
  }

  it('names entries of the wrong shape instead of passing over them', async () => {
    const where = await file(
      'odd',
      'contexts: [3, {name: 5}, {name: ok, context: {cluster: c}}, {name: bare}]\nclusters: no',
    );
    const { contexts, problems } = await readContexts([where]);
    assert.deepEqual(
      contexts.map(({ name }) => name),
      ['bare', 'ok'],
    );
    assert.deepEqual(
      problems.map(({ brief }) => brief),
      ['contexts[0] cannot be used', 'contexts[1].name cannot be used', 'clusters cannot be used'],
    );
  });

  for (const [title, bytes] of [
    ['UTF-16 with a byte order mark, as PowerShell writes it', Buffer.from(`\uFEFF${one}`, 'utf16le')],
    ['big-endian UTF-16', Buffer.from(`\uFEFF${one}`, 'utf16le').swap16()],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${one}`)],
    ['several documents, of which the first counts', Buffer.from(`${one}---\ncontexts: [\n`)],
    ['doubled keys, of which the last counts', Buffer.from(`contexts: []${one}`)],
  ] as const) {
    it(`reads ${title}`, async () => {
      const where = path.join(folder, 'encoded');
      await writeFile(where, bytes);
      const { contexts, problems } = await readContexts([where]);
      assert.deepEqual([contexts.length, problems], [2, []]);
    });
  }
});

describe('kubeconfigPaths', () => {
  it('is KUBECONFIG split by the platform, else the default', () => {
    assert.deepEqual(kubeconfigPaths({ KUBECONFIG: ['/a', '', '/b'].join(path.delimiter) }), ['/a', '/b']);
    assert.deepEqual(kubeconfigPaths({}, '/home/ada'), [path.join('/home/ada', '.kube', 'config')]);
  });
});
