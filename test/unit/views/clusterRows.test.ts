import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { KubeContext } from '../../../src/cluster/kubeconfig/kubeContext.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { StoredModel } from '../../../src/stores/modelStore.ts';
import type { ClaimRow } from '../../../src/views/clusters/claimNodes.ts';
import { ClaimRows } from '../../../src/views/clusters/claimRows.ts';
import { ClusterRows } from '../../../src/views/clusters/clusterRows.ts';
import { answered, at, desk, FakeCluster, rowsOf, services } from './clusterFakes.ts';

const ward: KubeContext = { name: 'team/ward', cluster: 'w', isCurrent: false, file: '/k' };

describe('ClusterRows', () => {
  let cluster: FakeCluster;
  let contexts: () => Promise<readonly KubeContext[]>;
  let problems: ModelDeckError[];
  let waiting: Map<string, string>;
  let changed: string[];
  let reads: number;
  let rows: ClusterRows;

  beforeEach(() => {
    cluster = new FakeCluster();
    contexts = () => Promise.resolve([desk, ward]);
    problems = [];
    waiting = new Map();
    changed = [];
    reads = 0;
    rows = new ClusterRows({
      reader: cluster,
      kubeconfig: async () => {
        reads += 1;
        return { contexts: await contexts(), problems };
      },
      waitingFor: (name) => waiting.get(name),
      typedNamespaces: () => [],
      changed: (id) => changed.push(id),
      namespacesChanged: () => undefined,
    });
  });

  async function connect(): Promise<void> {
    (await at(await rows.nodes(), 'desk')).live?.show();
    await cluster.list('services').opened;
    cluster.fill('services', services('ml/a'));
  }

  it('marks the current context and no other', async () => {
    const nodes = await rows.nodes();
    assert.deepEqual(rowsOf(nodes), [['desk', 'current'], ['team/ward']]);
    assert.deepEqual(
      nodes.map(({ id, contextValue }) => [id, contextValue]),
      [
        ['context/desk', 'context;current'],
        ['context/team%2Fward', 'context'],
      ],
    );
  });

  it('says which file is no kubeconfig, and reads it again at the next look', async () => {
    const broken = new ModelDeckError('invalid-input', '/k is not a kubeconfig.', { remedy: 'Fix the file.' });
    contexts = () => Promise.reject(broken);
    const [problem] = await rows.nodes();
    assert.deepEqual([problem?.label, problem?.contextValue], ['/k is not a kubeconfig.', 'problem']);
    assert.match((await problem?.tooltip?.()) ?? '', /Fix the file/);
    contexts = () => Promise.resolve([desk]);
    assert.deepEqual(rowsOf(await rows.nodes()), [['desk', 'current']]);
  });

  it('reads the kubeconfig once for contexts and problems, whatever is drawn', async () => {
    await rows.nodes();
    await rows.nodes();
    assert.equal(reads, 1);
    rows.refresh();
    await rows.nodes();
    assert.equal(reads, 2);
  });

  it('shows a file that cannot be read by its name and cause, beside the contexts of the others', async () => {
    const location = { path: '/home/ada/.kube/lab.yaml', line: 2 };
    const brief = 'not a kubeconfig (line 3)';
    problems = [new ModelDeckError('invalid-input', `${location.path} is not a kubeconfig.`, { brief, location })];
    const nodes = await rows.nodes();
    assert.deepEqual(rowsOf(nodes).at(-1), ['lab.yaml: not a kubeconfig (line 3)']);
    assert.equal(nodes.at(-1)?.spoken, '/home/ada/.kube/lab.yaml is not a kubeconfig.');
    assert.equal(nodes.at(-1)?.contextValue, 'problem;file');
  });

  it('shortens long names in the middle, and no two to the same', async () => {
    const names = [
      'arn:aws:eks:eu-west-1:123456789012:cluster/production',
      'arn:aws:eks:eu-west-2:123456789012:cluster/production',
      'gke_acme-vision-research_europe-west1-b_night-shift',
    ];
    contexts = () => Promise.resolve(names.map((name) => ({ ...ward, name })));
    const nodes = await rows.nodes();
    const labels = nodes.map(({ label }) => label);
    assert.equal(new Set(labels).size, 3);
    assert.equal(labels[2], 'gke_acme-…est1-b_night-shift');
    for (const [index, name] of names.entries()) {
      const [head = '', tail = ''] = labels[index]?.split('…') ?? [];
      assert.ok(name.startsWith(head) && name.endsWith(tail) && tail.length > head.length, labels[index]);
      assert.equal(nodes[index]?.spoken, `Context ${name}`, 'a screen reader says all of it');
    }
  });

  it('leaves room for the cause behind a long name', async () => {
    const name = 'arn:aws:eks:eu-west-1:123456789012:cluster/production';
    contexts = () => Promise.resolve([{ ...ward, name }]);
    (await rows.nodes())[0]?.live?.show();
    await cluster.list('services').opened;
    const brief = 'certificate has another name';
    cluster.fail('services', new ModelDeckError('unreachable', 'It is made out to another name.', { brief }));
    assert.deepEqual(rowsOf(await rows.nodes()), [['ar…tion', brief]]);
    contexts = () => Promise.resolve([{ ...ward, name: 'night-eks' }]);
    rows.reset();
    (await rows.nodes())[0]?.live?.show();
    await cluster.list('services').opened;
    assert.deepEqual(rowsOf(await rows.nodes()), [['night-eks', brief]], 'a short one stays');
  });

  it('tries again the context that the user means, and no other', async () => {
    await connect();
    cluster.fail('services', answered('unauthorized', 401));
    const nodes = await rows.nodes();
    assert.equal((await at(nodes, 'team/ward')).retry, undefined, 'nothing has failed there');
    (await at(nodes, 'desk')).retry?.();
    assert.deepEqual(cluster.list('services').calls, ['pause', 'resume']);
  });

  it('draws the row of a context again that waits for its plugin', async () => {
    await rows.nodes();
    waiting.set('desk', 'aws');
    rows.waitingChanged('desk');
    rows.waitingChanged('unknown');
    assert.deepEqual(changed, ['context/desk']);
    assert.deepEqual(rowsOf(await rows.nodes())[0], ['desk', 'current · waiting for aws']);
  });

  it('knows what it knew of a context, until the kubeconfig says something else of it', async () => {
    await connect();
    const { live } = await at(await rows.nodes(), 'desk');
    rows.refresh();
    assert.equal((await at(await rows.nodes(), 'desk')).live, live);
    contexts = () => Promise.resolve([{ ...desk, server: 'https://elsewhere' }]);
    rows.refresh();
    assert.notEqual((await at(await rows.nodes(), 'desk')).live, live);
    assert.deepEqual(cluster.list('services').calls, ['close']);
  });

  it('makes a new row for a context that was gone for a while', async () => {
    await connect();
    const before = await at(await rows.nodes(), 'desk');
    before.live?.close();
    assert.notEqual((await at(await rows.nodes(), 'desk')).live, before.live);
  });

  it('lists again what failed when the user refreshes, and leaves alone what is well', async () => {
    await connect();
    rows.refresh();
    assert.deepEqual(cluster.list('services').calls, []);
    cluster.fail('services', answered('unauthorized', 401), 'stale');
    rows.refresh();
    assert.deepEqual(cluster.list('services').calls, ['pause', 'resume']);
  });

  it('offers to others only contexts that have answered', async () => {
    await rows.nodes();
    assert.deepEqual(rows.answering(), []);
    await connect();
    assert.deepEqual(
      rows.answering().map(({ context }) => context.name),
      ['desk'],
    );
    rows.reset();
    assert.deepEqual(rows.answering(), []);
  });

  it('has no rows without contexts, so that the view can show its welcome', async () => {
    contexts = () => Promise.resolve([]);
    assert.deepEqual(await rows.nodes(), []);
  });
});

describe('ClaimRows', () => {
  const claim = (name: string, more: Partial<ClaimRow> = {}): ClaimRow => ({
    name,
    namespace: 'ml',
    phase: 'Bound',
    capacity: '10Gi',
    accessModes: ['ReadWriteOnce'],
    ...more,
  });
  const storeId = 'claim:team/ward/ml/models';
  const model: StoredModel = { storeId, name: 'net', version: '1.0', storageUri: 'pvc://models/net/1.0', size: 5, sha256: 'ab' }; // prettier-ignore
  let cluster: FakeCluster;
  let claims: ClaimRows;
  let changed: string[];

  beforeEach(async () => {
    cluster = new FakeCluster();
    changed = [];
    const rows = new ClusterRows({
      reader: cluster,
      kubeconfig: () => Promise.resolve({ contexts: [{ ...ward, namespace: 'ml' }], problems: [] }),
      waitingFor: () => undefined,
      typedNamespaces: () => ['typed'],
      changed: () => undefined,
      namespacesChanged: () => undefined,
    });
    claims = new ClaimRows({ reader: cluster, contexts: () => rows.answering(), changed: (id) => changed.push(id) });
    assert.deepEqual(claims.nodes(), [], 'nobody is contacted from this view');
    (await rows.nodes())[0]?.live?.show();
    await cluster.list('services').opened;
    cluster.fill('services', services('apps/a'));
  });

  async function expandNamespace(): Promise<void> {
    (await at(claims.nodes(), 'team/ward', 'ml')).live?.show();
    await cluster.list('claims in ml').opened;
  }

  it('offers the namespaces of a context that answers', async () => {
    const [context] = claims.nodes();
    assert.deepEqual(rowsOf(await context?.children?.()), [['apps'], ['ml'], ['typed']]);
    assert.ok(!cluster.opened.some((name) => name.startsWith('claims')), 'before one is expanded');
  });

  it('shows size and access modes of claims, and the phase of one that is not bound', async () => {
    await expandNamespace();
    cluster.fill('claims in ml', {
      'ml/models': claim('models', { accessModes: ['ReadWriteMany', 'ReadOnlyMany'] }),
      'ml/late': claim('late', { phase: 'Pending' }),
      'ml/gone': claim('gone', { phase: 'Lost' }),
    });
    const namespace = await at(claims.nodes(), 'team/ward', 'ml');
    const nodes = (await namespace.children?.()) ?? [];
    assert.deepEqual(
      nodes.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [
        ['gone', 'Lost · 10Gi · RWO', 'claim;lost'],
        ['late', 'Pending · 10Gi · RWO', 'claim;pending'],
        ['models', '10Gi · RWX ROX', 'claim;bound'],
      ],
    );
  });

  it('lists the models of a claim only when told to, and then in its row', async () => {
    await expandNamespace();
    cluster.fill('claims in ml', { 'ml/models': claim('models') });
    const row = await at(claims.nodes(), 'team/ward', 'ml', 'models');
    assert.ok(row.subject.kind === 'claim');
    assert.equal(row.subject.storeId, storeId);
    const [ask] = (await row.children?.()) ?? [];
    assert.deepEqual([ask?.label, ask?.contextValue], ['Models not listed yet', 'list']);
    assert.equal(ask?.subject, row.subject);
    changed = [];
    claims.show(storeId, 'listing');
    assert.deepEqual(rowsOf(await row.children?.()), [['Listing models…']]);
    claims.show(storeId, [model]);
    assert.deepEqual(changed, [row.id, row.id]);
    const [shown] = (await row.children?.()) ?? [];
    assert.deepEqual([shown?.label, shown?.description, shown?.contextValue], ['net', '1.0', 'model;removable']);
    assert.deepEqual(shown?.subject, { kind: 'model', model });
    claims.show(storeId, []);
    assert.deepEqual(rowsOf(await row.children?.()), [['No models']]);
    claims.show(storeId);
    assert.equal((await row.children?.())?.[0]?.label, 'Models not listed yet');
  });

  it('has a row for a namespace without claims, and for one that may not be read', async () => {
    await expandNamespace();
    cluster.fill('claims in ml', {});
    const namespace = await at(claims.nodes(), 'team/ward', 'ml');
    assert.deepEqual(rowsOf(await namespace.children?.()), [['No claims']]);
    cluster.fail('claims in ml', answered('forbidden', 403));
    assert.equal((await namespace.children?.())?.[0]?.label, 'Not allowed');
    claims.retry();
    assert.deepEqual(cluster.list('claims in ml').calls, ['pause', 'resume']);
  });
});
