import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { rootCertificates } from 'node:tls';
import { dump, load } from 'js-yaml';
import type { ClusterConnection } from '../../src/cluster/clusterConnection.ts';
import { fieldConflicts, isKindMissing, statusOf } from '../../src/cluster/clusterErrors.ts';
import { openConnection } from '../../src/cluster/openConnection.ts';
import type { ConnectionOptions } from '../../src/cluster/openConnection.ts';
import type { ErrorCategory } from '../../src/foundation/error.ts';
import { ModelDeckError } from '../../src/foundation/error.ts';
import { configMaps, nodes } from '../../src/kserve/resources/core.ts';
import type { ConfigMap } from '../../src/kserve/resources/core.ts';
import { inferenceServices } from '../../src/kserve/resources/inferenceService.ts';
import { sharedCluster } from './harness/sharedCluster.ts';

const cluster = sharedCluster();
const namespace = 'connection';
const opened: ClusterConnection[] = [];

async function connect(kubeconfig: string, options: Partial<ConnectionOptions> = {}): Promise<ClusterConnection> {
  const connection = await openConnection({
    files: [kubeconfig],
    contextName: 'model-deck-test',
    environment: {},
    ...options,
  });
  opened.push(connection);
  return connection;
}

type Fields = Record<string, unknown>;
let variants = 0;

/** The administrator's kubeconfig with fields of its cluster and its user changed; undefined takes one out. */
async function variant(change: { readonly cluster?: Fields; readonly user?: Fields }): Promise<string> {
  const config = load(await readFile(cluster.kubeconfig, 'utf8')) as {
    clusters: [{ cluster: Fields }];
    users: [{ user: Fields }];
  };
  Object.assign(config.clusters[0].cluster, change.cluster);
  Object.assign(config.users[0].user, change.user);
  const file = path.join(cluster.folder, `connection-${(variants += 1)}.kubeconfig`);
  await writeFile(file, dump(config, { skipInvalid: true }), { mode: 0o600 });
  return file;
}

const noUser = { 'client-certificate-data': undefined, 'client-key-data': undefined };

async function rejection(promise: Promise<unknown>, category: ErrorCategory): Promise<ModelDeckError> {
  const error = await promise.then(
    () => assert.fail('it was expected to fail'),
    (reason: unknown) => reason,
  );
  assert.ok(ModelDeckError.is(error), String(error));
  assert.equal(error.category, category, error.message);
  return error;
}

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  metadata: { name, namespace, labels: { suite: 'connection' } },
  data,
});

describe('a connection to a real API server', { timeout: 600_000 }, () => {
  let admin: ClusterConnection;
  before(async () => {
    await cluster.createNamespace(namespace);
    admin = await connect(cluster.kubeconfig);
  });
  after(async () => {
    for (const connection of opened) connection.close();
    await cluster.deleteNamespace(namespace);
  });

  it('creates, reads, changes and deletes', async () => {
    const name = { name: 'life', namespace };
    const made = await admin.create(configMaps, configMap('life', { a: '1', b: '2' }));
    assert.ok(made.metadata.uid);
    await rejection(admin.create(configMaps, configMap('life')), 'conflict');
    await admin.patch(configMaps, name, { data: { a: null, c: '3' } });
    assert.deepEqual((await admin.get(configMaps, name)).data, { b: '2', c: '3' });
    await rejection(admin.delete(configMaps, name, { uid: 'another-one' }), 'conflict');
    await admin.delete(configMaps, name, { uid: made.metadata.uid, propagation: 'Background' });
    await admin.delete(configMaps, name);
    const gone = await rejection(admin.get(configMaps, name), 'not-found');
    assert.equal(isKindMissing(gone), false);
    assert.match(gone.message, /Could not read ConfigMap connection\/life on model-deck-test: .*"life" not found/);
  });

  it('lists in pages', async () => {
    for (let index = 0; index < 5; index += 1) await admin.create(configMaps, configMap(`page-${index}`));
    const pages: number[] = [];
    const query = { namespace, labelSelector: 'suite=connection', pageSize: 2 };
    await admin.list(configMaps, { ...query, onPage: (items: readonly ConfigMap[]) => pages.push(items.length) });
    assert.deepEqual(pages, [2, 2, 1]);
    const whole = await admin.list(configMaps, { ...query, fieldSelector: 'metadata.name=page-3' });
    assert.deepEqual(
      whole.items.map(({ metadata }) => metadata.name),
      ['page-3'],
    );
    assert.notEqual(whole.resourceVersion, '');
  });

  it('applies, names who owns a field that stands against it, and takes it by force', async () => {
    const applied = await admin.apply(configMaps, configMap('shared', { x: 'ours' }));
    assert.deepEqual(
      applied.metadata.managedFields?.map(({ manager, operation }) => ({ manager, operation })),
      [{ manager: 'model-deck', operation: 'Apply' }],
    );
    const theirs = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shared', namespace },
      data: { x: 'theirs' },
    };
    const takeOver = ['apply', '--server-side', '--force-conflicts', '--field-manager=somebody', '-f', '-'];
    await cluster.kubectl(takeOver, { input: JSON.stringify(theirs) });
    const error = await rejection(admin.apply(configMaps, configMap('shared', { x: 'ours again' })), 'conflict');
    assert.deepEqual(fieldConflicts(error), [{ manager: 'somebody', field: '.data.x' }]);
    // What is read can be applied as it is.
    const read = await admin.get(configMaps, { name: 'shared', namespace });
    const forced = await admin.apply(configMaps, { ...read, data: { x: 'ours again' } }, { force: true });
    assert.deepEqual(forced.data, { x: 'ours again' });
  });

  it('writes nothing in a dry run, which the webhooks of KServe see', async () => {
    await admin.apply(configMaps, configMap('dry', { x: '1' }), { dryRun: true });
    await rejection(admin.get(configMaps, { name: 'dry', namespace }), 'not-found');
    const model = { modelFormat: { name: 'pytorch' }, storageUri: 'pvc://models' };
    const isvc = { metadata: { name: 'dry-run', namespace }, spec: { predictor: { model } } };
    await admin.create(inferenceServices, isvc, { dryRun: true });
    await rejection(admin.get(inferenceServices, isvc.metadata), 'not-found');
    const wrong = { ...isvc, spec: { predictor: { model, minReplicas: -1 } } };
    const error = await rejection(admin.create(inferenceServices, wrong, { dryRun: true }), 'invalid-input');
    assert.match(error.message, /'MinReplicas' cannot be less than 0\.$/);
  });

  it('tells a kind that the cluster does not serve', async () => {
    const type = { group: 'absent.example.com', version: 'v1', kind: 'Absent', plural: 'absents', namespaced: true };
    assert.ok(isKindMissing(await rejection(admin.list(type, {}), 'not-found')));
    assert.ok(isKindMissing(await rejection(admin.list({ ...inferenceServices, plural: 'absents' }, {}), 'not-found')));
  });

  it('asks for any path', async () => {
    const { status, body } = await admin.request({ method: 'GET', path: '/version' });
    assert.equal(status, 200);
    assert.match(body, /"gitVersion"/);
  });

  describe('with other credentials', () => {
    it('is forbidden what the user may not, in the words of the server', async () => {
      const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
      const user = await connect(await cluster.userKubeconfig({ name: 'restricted', namespace, rules }));
      assert.equal(user.namespace, namespace);
      const error = await rejection(user.list(inferenceServices, { namespace }), 'forbidden');
      for (const word of ['list', 'inferenceservices', `"${namespace}"`, 'restricted']) {
        assert.ok(error.message.includes(word), error.message);
      }
      await rejection(user.get(configMaps, { name: 'absent' }), 'not-found');
    });

    it('is unauthorized with a token that has expired', { skip: cluster.cannot('expiredToken') }, async () => {
      const kubeconfig = await cluster.userKubeconfig({ name: 'late', namespace, by: 'expired-token' });
      const error = await rejection((await connect(kubeconfig)).get(configMaps, { name: 'a' }), 'unauthorized');
      assert.match(error.remedy ?? '', /renew the credentials of model-deck-test/);
      assert.deepEqual(error.nextStep, { kind: 'open-file', location: { path: kubeconfig } });
    });

    it('reads a token file again when the server does not take the token', async () => {
      await cluster.kubectl(['create', 'serviceaccount', 'reader', '-n', namespace]);
      const tokenFile = path.join(cluster.folder, 'connection.token');
      await writeFile(tokenFile, 'stale\n');
      const file = await variant({ user: { ...noUser, tokenFile: 'connection.token' } });
      const user = await connect(file);
      await rejection(user.get(configMaps, { name: 'a' }), 'unauthorized');
      await writeFile(tokenFile, await cluster.kubectl(['create', 'token', 'reader', '-n', namespace]));
      await rejection(user.get(configMaps, { name: 'a' }), 'forbidden');
    });

    it('is the service account of the pod that it runs in', async () => {
      await cluster.kubectl(['create', 'serviceaccount', 'pod', '-n', namespace]);
      const folder = path.join(cluster.folder, 'serviceaccount');
      await mkdir(folder);
      await writeFile(path.join(folder, 'token'), await cluster.kubectl(['create', 'token', 'pod', '-n', namespace]));
      await writeFile(path.join(folder, 'namespace'), namespace);
      const ca = await cluster.kubectl([
        ...['config', 'view', '--raw', '--flatten', '-o', 'jsonpath={.clusters[0].cluster.certificate-authority-data}'],
      ]);
      await writeFile(path.join(folder, 'ca.crt'), Buffer.from(ca, 'base64'));
      const { hostname, port } = new URL(cluster.url);
      const pod = await openConnection({
        files: [],
        contextName: 'in-cluster',
        environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
        serviceAccountFolder: folder,
      });
      opened.push(pod);
      assert.equal(pod.namespace, namespace);
      const error = await rejection(pod.get(configMaps, { name: 'a' }), 'forbidden');
      assert.match(error.message, new RegExp(`system:serviceaccount:${namespace}:pod`));
    });

    it('runs a credential plugin once, when it is allowed to', async () => {
      await cluster.kubectl(['create', 'serviceaccount', 'robot', '-n', namespace]);
      const token = (await cluster.kubectl(['create', 'token', 'robot', '-n', namespace])).trim();
      const runs = path.join(cluster.folder, 'plugin.runs');
      const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
      const script = `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${runs}\ncat <<'END'\n${JSON.stringify(answer)}\nEND\n`;
      await writeFile(path.join(cluster.folder, 'connection-plugin'), script, { mode: 0o700 });
      const exec = {
        apiVersion: answer.apiVersion,
        command: './connection-plugin',
        interactiveMode: 'Never',
        provideClusterInfo: true,
      };
      const file = await variant({ user: { ...noUser, exec } });
      const denied = await connect(file, { allowExecPlugin: () => Promise.resolve(false) });
      await rejection(denied.get(configMaps, { name: 'a' }), 'unauthorized');
      const asked: string[] = [];
      const user = await connect(file, {
        environment: process.env,
        allowExecPlugin: ({ command }) => {
          asked.push(command);
          return Promise.resolve(true);
        },
      });
      const errors = await Promise.all(
        ['a', 'b'].map((name) => rejection(user.get(configMaps, { name, namespace }), 'forbidden')),
      );
      for (const error of errors) assert.ok(error.message.includes(`system:serviceaccount:${namespace}:robot`));
      assert.deepEqual(asked, [path.join(cluster.folder, 'connection-plugin')]);
      const told = (await readFile(runs, 'utf8')).trim().split('\n');
      assert.equal(told.length, 1);
      const { spec } = JSON.parse(told[0] ?? '') as { spec: { cluster: { server: string } } };
      assert.equal(spec.cluster.server, cluster.url);
    });

    it('acts as another user with the groups that the kubeconfig names', async () => {
      const nobody = await connect(await variant({ user: { as: 'nobody' } }));
      assert.match((await rejection(nobody.list(nodes, {}), 'forbidden')).message, /"nobody"/);
      const master = await connect(await variant({ user: { as: 'nobody', 'as-groups': ['system:masters'] } }));
      assert.ok((await master.list(nodes, {})).items.length > 0);
    });
  });

  describe('with certificates that do not fit', () => {
    it('names an authority that is not trusted', async () => {
      const ca = Buffer.from(rootCertificates[0] ?? '').toString('base64');
      const other = await connect(await variant({ cluster: { 'certificate-authority-data': ca } }));
      const error = await rejection(other.list(nodes, {}), 'unreachable');
      assert.match(error.message, /comes from an authority that the kubeconfig does not trust/);
      assert.match(error.remedy ?? '', /certificate-authority/);
      const without = await connect(await variant({ cluster: { 'certificate-authority-data': undefined } }));
      await rejection(without.list(nodes, {}), 'unreachable');
      const careless = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
      await (await connect(await variant({ cluster: careless }))).list(nodes, {});
    });

    it('names a certificate that is made out to another name', async () => {
      const other = await connect(await variant({ cluster: { 'tls-server-name': 'other.example.com' } }));
      const error = await rejection(other.list(nodes, {}), 'unreachable');
      assert.match(error.message, /is made out to another name \(.*other\.example\.com/);
      const right = await connect(await variant({ cluster: { 'tls-server-name': 'kubernetes.default.svc' } }));
      await right.list(nodes, {});
    });

    it('names an API server that is asked without TLS', async () => {
      const plain = await connect(await variant({ cluster: { server: cluster.url.replace('https:', 'http:') } }));
      const error = await rejection(plain.list(nodes, {}), 'invalid-input');
      assert.match(error.message, /sent an HTTP request to an HTTPS server/);
      assert.equal(statusOf(error)?.code, 400);
    });
  });
});
