import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { ContextRows } from '../../../src/views/clusters/contextRows.ts';
import type { RuntimeRow } from '../../../src/views/clusters/runtimeNodes.ts';
import { answered, at, desk, FakeCluster, pod, rowsOf, services, summary } from './clusterFakes.ts';

const torchserve: RuntimeRow = { name: 'torchserve', formats: ['pytorch 1'], protocols: ['v1'], isDisabled: false };

describe('the rows below a context', () => {
  let cluster: FakeCluster;
  let typed: string[];
  let plugin: string | undefined;
  let changed: string[];
  let namespaceChanges: number;
  let rows: ContextRows;

  beforeEach(() => {
    cluster = new FakeCluster();
    typed = [];
    plugin = undefined;
    changed = [];
    namespaceChanges = 0;
    rows = new ContextRows(desk, {
      reader: cluster,
      typedNamespaces: () => typed,
      waitingFor: () => plugin,
      changed: (id) => changed.push(id),
      namespacesChanged: () => (namespaceChanges += 1),
    });
  });

  /** As the tree does when the row is expanded. */
  async function expand(): Promise<void> {
    rows.node().live?.show();
    await Promise.all([cluster.list('services').opened, cluster.list('runtimes').opened]);
  }
  const children = async () => (await rows.node().children?.()) ?? [];

  it('contacts nobody before the row is expanded', async () => {
    await rows.node().tooltip?.();
    assert.deepEqual(cluster.opened, []);
    assert.deepEqual(rowsOf([rows.node()]), [['desk', 'current']]);
    await expand();
    assert.deepEqual(cluster.opened, ['services', 'runtimes']);
  });

  it('says that it is loading, and never hangs', async () => {
    await expand();
    assert.deepEqual(rowsOf(await children()), [['Loading…']]);
  });

  it('groups InferenceServices by namespace, with their number and how many failed', async () => {
    await expand();
    cluster.fill('services', {
      ...services('ml/b', 'ml/a', 'apps/x'),
      'ml/c': summary('ml/c', { state: 'failed', word: 'ModelLoadFailed', reason: 'No weights.' }),
    });
    assert.deepEqual(rowsOf(await children()), [['Serving Runtimes'], ['apps', '1'], ['ml', '3 · 1 failed']]);
    const ml = await at([rows.node()], 'desk', 'ml');
    assert.equal(ml.spoken, 'Namespace ml, 3 InferenceServices, 1 failed');
    assert.deepEqual(rowsOf(await ml.children?.()), [['a'], ['b'], ['c', 'ModelLoadFailed']]);
  });

  it('tells which row changed', async () => {
    await expand();
    cluster.fill('services', services('ml/a'));
    assert.deepEqual(changed, ['context/desk']);
    const service = await at([rows.node()], 'desk', 'ml', 'a');
    service.live?.show();
    await cluster.list('pods of a in ml').opened;
    cluster.fill('pods of a in ml', { 'ml/p': pod('p') });
    assert.deepEqual(changed, ['context/desk', 'context/desk/ns/ml/service/a']);
  });

  it('shows the components of a service, their pods, and containers only where there is more than one', async () => {
    await expand();
    cluster.fill('services', { 'ml/a': summary('ml/a', { hasTransformer: true }) });
    const service = await at([rows.node()], 'desk', 'ml', 'a');
    service.live?.show();
    await cluster.list('pods of a in ml').opened;
    const two = [
      { name: 'kserve-container', state: 'running' as const },
      { name: 'agent', state: 'waiting' as const, reason: 'CrashLoopBackOff' },
    ];
    cluster.fill('pods of a in ml', {
      'ml/p1': pod('p1'),
      'ml/t1': pod('t1', {
        component: 'transformer',
        status: 'CrashLoopBackOff',
        isReady: false,
        containerStates: two,
      }),
    });
    assert.deepEqual(rowsOf(await service.children?.()), [['Predictor'], ['Transformer', 'CrashLoopBackOff']]);
    const predictor = await at([service], 'a', 'Predictor');
    assert.ok(predictor.expanded);
    const [p1] = (await predictor.children?.()) ?? [];
    assert.deepEqual([p1?.label, p1?.contextValue, p1?.children], ['p1', 'pod;running', undefined]);
    const t1 = await at([service], 'a', 'Transformer', 't1');
    assert.deepEqual(rowsOf(await t1.children?.()), [['kserve-container'], ['agent', 'CrashLoopBackOff']]);
    assert.deepEqual(t1.subject, {
      kind: 'pod',
      contextName: 'desk',
      namespace: 'ml',
      pod: 't1',
      containers: ['kserve-container', 'agent'],
    });
  });

  it('says of a service what keeps its pods from starting, as long as it does', async () => {
    await expand();
    cluster.fill('services', {
      'ml/new': summary('ml/new', { state: 'starting', word: 'Starting', answers: false }),
      'ml/updated': summary('ml/updated', { version: '2' }),
      'ml/late': summary('ml/late', { state: 'starting', word: 'Starting', answers: false }),
      'ml/failed': summary('ml/failed', { state: 'failed', word: 'ModelLoadFailed' }),
    });
    const ml = await at([rows.node()], 'desk', 'ml');
    ml.live?.show();
    await cluster.list('service pods in ml').opened;
    const pending = (name: string, service: string, status: string) =>
      pod(name, { service, status, isReady: false, phase: 'Pending' });
    cluster.fill('service pods in ml', {
      'ml/a': pending('a', 'new', 'Unschedulable'),
      'ml/b': pending('b', 'updated', 'ImagePullBackOff'),
      'ml/c': pending('c', 'late', 'ContainerCreating'),
      'ml/d': pending('d', 'failed', 'Init:CrashLoopBackOff'),
    });
    assert.equal(changed.at(-1), 'context/desk/ns/ml');
    const nodes = (await ml.children?.()) ?? [];
    assert.deepEqual(
      nodes.map(({ label, description, icon, contextValue }) => [label, description, icon.name, contextValue]),
      [
        ['failed', 'ModelLoadFailed', 'error', 'service;failed'],
        ['late', 'Starting', 'loading~spin', 'service;starting'],
        ['new', 'Unschedulable', 'error', 'service;starting'],
        ['updated', 'ImagePullBackOff', 'warning', 'service;ready'],
      ],
    );
    cluster.fill('service pods in ml', {});
    assert.equal((await at([ml], 'ml', 'updated')).description, '2');
    ml.live?.close();
    assert.deepEqual(cluster.list('service pods in ml').calls, ['close']);
  });

  it('shows services although their pods may not be read', async () => {
    await expand();
    cluster.fill('services', services('ml/a'));
    const ml = await at([rows.node()], 'desk', 'ml');
    ml.live?.show();
    await cluster.list('service pods in ml').opened;
    cluster.fail('service pods in ml', answered('forbidden', 403));
    assert.deepEqual(rowsOf(await ml.children?.()), [['a']]);
  });

  it('looks the same while a cluster fails in the same way', async () => {
    await expand();
    const fail = async () => {
      cluster.fail('services', new ModelDeckError('unreachable', 'Gone.', { remedy: 'Start it.' }));
      return [rows.node().made, (await children())[0]?.made];
    };
    assert.deepEqual(await fail(), await fail());
  });

  it('says that a stopped service has no pods', async () => {
    await expand();
    cluster.fill('services', { 'ml/a': summary('ml/a', { state: 'stopped', word: 'Stopped' }) });
    const service = await at([rows.node()], 'desk', 'ml', 'a');
    service.live?.show();
    await cluster.list('pods of a in ml').opened;
    cluster.fill('pods of a in ml', {});
    assert.deepEqual(rowsOf(await (await at([service], 'a', 'Predictor')).children?.()), [['No pods']]);
  });

  it('shows 500 rows of a namespace and leads to the rest', async () => {
    await expand();
    const keys = Array.from({ length: 1200 }, (_, index) => `ml/s${String(index).padStart(4, '0')}`);
    cluster.fill('services', services(...keys));
    const list = async () => (await (await at([rows.node()], 'desk', 'ml')).children?.()) ?? [];
    const first = await list();
    assert.equal(first.length, 501);
    assert.deepEqual(rowsOf(first.slice(-2)), [['s0499'], ['Show 500 more…', 'of 700']]);
    changed = [];
    first.at(-1)?.choose?.run();
    assert.deepEqual(changed, ['context/desk/ns/ml']);
    assert.deepEqual(rowsOf((await list()).slice(-1)), [['Show 200 more…']]);
    (await list()).at(-1)?.choose?.run();
    assert.equal((await list()).length, 1200);
  });

  it('shows the runtimes of the cluster, and of a namespace where it has some', async () => {
    await expand();
    cluster.fill('services', services('ml/a', 'apps/a'));
    cluster.fill('runtimes', { 'ml/own': { ...torchserve, name: 'own', isDisabled: true } });
    const own = await at([rows.node()], 'desk', 'ml', 'Serving Runtimes');
    assert.deepEqual(rowsOf(await own.children?.()), [['own', 'Disabled']]);
    assert.deepEqual(rowsOf(await (await at([rows.node()], 'desk', 'apps')).children?.()), [['a']]);
    const all = await at([rows.node()], 'desk', 'Serving Runtimes');
    all.live?.show();
    await cluster.list('cluster runtimes').opened;
    cluster.fill('cluster runtimes', { '/torchserve': torchserve });
    const [row] = (await all.children?.()) ?? [];
    assert.deepEqual([row?.label, row?.contextValue], ['torchserve', 'runtime;cluster']);
    assert.deepEqual(row?.subject, { kind: 'runtime', contextName: 'desk', runtime: 'torchserve' });
  });

  it('leads to deploying where a cluster has no InferenceServices', async () => {
    await expand();
    cluster.fill('services', {});
    const [, empty] = await children();
    assert.deepEqual([empty?.label, empty?.contextValue], ['No InferenceServices', 'empty']);
    assert.deepEqual(empty?.subject, { kind: 'context', name: 'desk' }, 'its button deploys there');
  });

  it('shows a namespace that the user named although it is empty', async () => {
    typed = ['new'];
    await expand();
    cluster.fill('services', services('ml/a'));
    assert.deepEqual(rowsOf(await children()), [['Serving Runtimes'], ['ml', '1'], ['new', '0']]);
    assert.equal((await at([rows.node()], 'desk', 'new')).contextValue, 'namespace;typed');
    assert.deepEqual(rowsOf(await (await at([rows.node()], 'desk', 'new')).children?.()), [['No InferenceServices']]);
  });

  it("falls back to the context's and the user's namespaces where it may not list all", async () => {
    typed = ['apps'];
    await expand();
    cluster.fail('services', answered('forbidden', 403));
    const nodes = await children();
    assert.deepEqual(rowsOf(nodes), [['Serving Runtimes'], ['apps'], ['ml']]);
    assert.deepEqual(rowsOf([rows.node()]), [['desk', 'current']], 'that is no failure of the context');
    assert.deepEqual(cluster.opened, ['services', 'runtimes'], 'a namespace is read when it is expanded');
    const ml = await at([rows.node()], 'desk', 'ml');
    ml.live?.show();
    await cluster.list('services in ml').opened;
    cluster.fill('services in ml', services('ml/a'));
    assert.equal(changed.at(-1), 'context/desk/ns/ml');
    assert.deepEqual(rowsOf(await ml.children?.()), [['a']]);
    assert.deepEqual(rowsOf(await children()), [['Serving Runtimes'], ['apps'], ['ml', '1']]);
  });

  it('says of a namespace that it is forbidden too', async () => {
    await expand();
    cluster.fail('services', answered('forbidden', 403));
    const ml = await at([rows.node()], 'desk', 'ml');
    ml.live?.show();
    await cluster.list('services in ml').opened;
    cluster.fail('services in ml', answered('forbidden', 403));
    const [problem] = (await ml.children?.()) ?? [];
    assert.equal(problem?.label, 'Not allowed');
    problem?.retry?.();
    assert.deepEqual(cluster.list('services in ml').calls, ['pause', 'resume']);
  });

  const failures: [string, unknown][] = [
    [
      'connection refused',
      new ModelDeckError('unreachable', 'Nothing answers at 10.0.0.1.', {
        brief: 'connection refused',
        remedy: 'Start the cluster.',
      }),
    ],
    ['unauthorized', answered('unauthorized', 401)],
    ['no answer', new ModelDeckError('timeout', 'It did not answer within 30 s.', { remedy: 'Check the VPN.' })],
    ['no KServe', answered('not-found', 404)],
    ['failed', answered('server', 500)],
  ];
  for (const [brief, error] of failures) {
    const word = brief.charAt(0).toUpperCase() + brief.slice(1);
    it(`says "${brief}", why, and what to do, and tries again`, async () => {
      await expand();
      cluster.fail('services', error);
      assert.deepEqual(rowsOf([rows.node()]), [['desk', `current · ${brief}`]]);
      const [problem, ...others] = await children();
      assert.deepEqual(others, []);
      assert.deepEqual([problem?.label, problem?.contextValue], [word, 'problem']);
      const tooltip = (await problem?.tooltip?.()) ?? '';
      const [summaryLine, , remedy] = tooltip.split('\n');
      assert.ok(summaryLine && remedy, tooltip);
      assert.ok(problem?.spoken?.startsWith(`${word}: `), problem?.spoken);
      problem?.retry?.();
      assert.deepEqual(cluster.list('services').calls, ['pause', 'resume']);
    });
  }

  it('says why a cluster could not even be connected to, and connects again at a click', async () => {
    cluster.refusal = new ModelDeckError('missing-tool', 'The plugin is missing: aws.', { remedy: 'Install aws.' });
    rows.node().live?.show();
    const [problem] = await children();
    assert.equal(problem?.label, 'Program missing');
    cluster.refusal = undefined;
    problem?.retry?.();
    await cluster.list('services').opened;
    cluster.fill('services', services('ml/a'));
    assert.deepEqual(rowsOf(await children()), [['Serving Runtimes'], ['ml', '1']]);
  });

  it('hands what is wrong on to the menu of its row, which tries again', async () => {
    await expand();
    assert.equal(rows.node().contextValue, 'context;current');
    cluster.fail('services', answered('unauthorized', 401));
    const { contextValue, subject } = rows.node();
    assert.equal(contextValue, 'context;current;broken');
    assert.ok(subject.kind === 'context' && subject.error instanceof Error);
    assert.equal(subject.file, '/k');
    rows.retry();
    assert.deepEqual(cluster.list('services').calls, ['pause', 'resume']);
    cluster.fail('services', answered('forbidden', 403));
    assert.equal(rows.node().contextValue, 'context;current', 'who may not list all is served by namespaces');
  });

  it('names the credential plugin that it waits for, and what that may wait for', async () => {
    await expand();
    plugin = 'gke-gcloud-auth-plugin';
    assert.deepEqual(rowsOf([rows.node()]), [['desk', 'current · waiting for gke-gcloud-auth-plugin']]);
    assert.deepEqual(rowsOf(await children()), [['Waiting for gke-gcloud-auth-plugin…']]);
    assert.match((await rows.node().tooltip?.()) ?? '', /browser/);
    plugin = undefined;
    assert.deepEqual(rowsOf([rows.node()]), [['desk', 'current']]);
    assert.deepEqual(rowsOf(await children()), [['Loading…']]);
  });

  it('keeps the rows while it heals, and says so', async () => {
    await expand();
    cluster.fill('services', services('ml/a'));
    cluster.fail('services', new ModelDeckError('unreachable', 'Gone.'), 'stale');
    assert.deepEqual(rowsOf([rows.node()]), [['desk', 'current · reconnecting (unreachable)']]);
    assert.deepEqual(rowsOf(await children()), [['Serving Runtimes'], ['ml', '1']]);
  });

  it('tells others when it answers first, and when its namespaces are others', async () => {
    await expand();
    assert.equal(rows.answers, false);
    cluster.fill('services', services('apps/a'));
    assert.equal(rows.answers, true);
    assert.deepEqual(rows.namespaces(), ['apps', 'ml']);
    cluster.fill('services', services('apps/a', 'apps/b'));
    assert.equal(namespaceChanges, 1);
    cluster.fill('services', services('apps/a', 'new/b'));
    assert.equal(namespaceChanges, 2);
  });

  it('forgets the pods of a service whose row is gone', async () => {
    await expand();
    cluster.fill('services', services('ml/a'));
    const service = await at([rows.node()], 'desk', 'ml', 'a');
    service.live?.show();
    await cluster.list('pods of a in ml').opened;
    service.live?.close();
    assert.deepEqual(cluster.list('pods of a in ml').calls, ['close']);
    const again = await at([rows.node()], 'desk', 'ml', 'a');
    assert.notEqual(again.live, service.live);
  });

  it('closes everything', async () => {
    await expand();
    cluster.fill('services', services('ml/a'));
    const ml = await at([rows.node()], 'desk', 'ml');
    const service = await at([ml], 'ml', 'a');
    rows.close();
    assert.deepEqual(cluster.list('services').calls, ['close']);
    assert.deepEqual(cluster.list('runtimes').calls, ['close']);
    cluster.opened.length = 0;
    for (const { live } of [rows.node(), ml, service]) live?.show();
    assert.deepEqual(cluster.opened, [], 'also when the editor still knows the rows');
  });
});

describe('an InferenceService as a row', () => {
  const node = async (more: Parameters<typeof summary>[1]) => {
    const cluster = new FakeCluster();
    const rows = new ContextRows(desk, {
      reader: cluster,
      typedNamespaces: () => [],
      waitingFor: () => undefined,
      changed: () => undefined,
      namespacesChanged: () => undefined,
    });
    rows.node().live?.show();
    await cluster.list('services').opened;
    cluster.fill('services', { 'ml/a': summary('ml/a', more) });
    return at([rows.node()], 'desk', 'ml', 'a');
  };

  it('says a word only when it is not healthy', async () => {
    assert.equal((await node({})).description, undefined);
    assert.equal((await node({ version: '1.2' })).description, '1.2');
    const updating = await node({ version: '1.2', state: 'starting', word: 'Updating' });
    assert.deepEqual([updating.description, updating.contextValue], ['Updating', 'service;starting']);
    assert.equal((await node({ state: 'deleting' })).description, 'Terminating');
  });

  it('is known by its deployment, and tells a screen reader state and reason', async () => {
    const failed = await node({ state: 'failed', word: 'ModelLoadFailed', reason: 'No weights.' });
    assert.equal(failed.spoken, 'a, ModelLoadFailed: No weights.');
    assert.ok(failed.subject.kind === 'service');
    assert.equal(failed.subject.deploymentId, 'kserve:desk/ml/a');
  });

  it('tells the facts in the tooltip, as text', async () => {
    const tooltip = await (
      await node({
        url: 'http://a.example.com',
        runtime: 'kserve-torchserve',
        protocol: 'v2',
        format: 'pytorch',
        storageUri: 'pvc://models/a',
        minReplicas: 1,
        maxReplicas: 3,
        readyReplicas: 1,
        createdAt: new Date(Date.now() - 3_600_000 * 5).toISOString(),
        lastCondition: 'Ready=True',
        reason: '[x](command:evil)',
      })
    ).tooltip?.();
    assert.ok(tooltip);
    const plain = tooltip.replace(/\\/g, '');
    for (const fact of ['http://a.example.com', 'kserve-torchserve', 'V2', 'pytorch', 'pvc://models/a', '5h']) {
      assert.ok(plain.includes(`| ${fact}`), `${fact} in ${plain}`);
    }
    assert.ok(plain.includes('1 ready, 1 to 3 asked for'), plain);
    assert.ok(plain.includes('Ready=True'), plain);
    assert.ok(!/(?<!\\)\[x/.test(tooltip), tooltip);
  });
});
