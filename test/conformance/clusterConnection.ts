/**
 * What every ClusterConnection does alike: the real one before a real API server (test/cluster), and the fakes of the unit
 * tests, which must not be kinder than a cluster is.
 */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type {
  ClusterConnection,
  ExecCommand,
  KubeObject,
  ObjectName,
  ResourceType,
  WatchEvent,
} from '../../src/cluster/index.ts';
import { fieldConflicts, isKindMissing, statusOf } from '../../src/cluster/clusterErrors.ts';
import { ModelDeckError, type ErrorCategory } from '../../src/foundation/error.ts';
import { configMaps, type ConfigMap } from '../../src/kserve/resources/core.ts';
import { waitUntil } from '../waitUntil.ts';

/** Of a connection; a fake may have only some. */
export type ConnectionPart = 'objects' | 'changes' | 'watch' | 'exec' | 'exitCode' | 'logs';

/** A connection with what stands ready behind it. */
export interface ConnectionSubject {
  readonly connection: ClusterConnection;
  /** Is there, and is of this suite alone. */
  readonly namespace: string;
  /** What objects are made of; ConfigMaps when left out. */
  readonly sample?: { readonly type: ResourceType; readonly make: (name: string) => KubeObject };
  /** Writes fields as another manager, whoever owned them: for `changes`. */
  readonly writeAs?: (manager: string, object: ConfigMap) => Promise<void>;
  /** A pod that runs `sh` and the usual tools, for `exec` and `logs`. */
  readonly pod?: { readonly name: string; readonly container: string };
  /** Adds a line to the log of the pod, for `logs`. */
  readonly say?: (line: string) => Promise<void>;
  readonly close: () => Promise<void> | void;
}

/** @param open makes the connection, once for the suite */
export function conformsAsClusterConnection(
  parts: readonly ConnectionPart[],
  open: () => Promise<ConnectionSubject> | ConnectionSubject,
): void {
  describe('as every connection', { timeout: 300_000 }, () => {
    let subject: ConnectionSubject;
    before(async () => {
      subject = await open();
    });
    after(() => subject?.close());
    for (const part of parts) suites[part](() => subject);
  });
}

const suites: Readonly<Record<ConnectionPart, (subject: () => ConnectionSubject) => void>> = {
  objects,
  changes,
  watch,
  exec,
  exitCode,
  logs,
};

const absentKind = { group: 'absent.example.com', version: 'v1', kind: 'Absent', plural: 'absents', namespaced: true };

async function rejection(promise: Promise<unknown>, category: ErrorCategory): Promise<ModelDeckError> {
  const error = await promise.then(
    () => assert.fail('it was expected to fail'),
    (reason: unknown) => reason,
  );
  assert.ok(ModelDeckError.is(error), String(error));
  assert.equal(error.category, category, error.message);
  return error;
}

function cancelled(): AbortSignal {
  const controller = new AbortController();
  controller.abort();
  return controller.signal;
}

function objects(subject: () => ConnectionSubject): void {
  const sample = () => subject().sample ?? { type: configMaps, make: (name: string) => configMap(subject(), name) };
  const named = (name: string): ObjectName => ({ namespace: subject().namespace, name });
  const labelled = (name: string, labels: Readonly<Record<string, string>>): KubeObject => {
    const object = sample().make(name);
    return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } };
  };

  it('makes an object, gives what the server made of it, and reads it again', async () => {
    const { connection } = subject();
    const { type, make } = sample();
    const made = await connection.create(type, make('made'));
    assert.ok(made.metadata.uid);
    assert.ok(made.metadata.resourceVersion);
    assert.ok(made.metadata.creationTimestamp);
    const read = await connection.get(type, named('made'));
    assert.equal(read.metadata.uid, made.metadata.uid);
  });

  it('makes none where one of the name is, and nothing in a dry run', async () => {
    const { connection } = subject();
    const { type, make } = sample();
    await connection.create(type, make('taken'));
    const error = await rejection(connection.create(type, make('taken')), 'conflict');
    assert.equal(statusOf(error)?.code, 409);
    await connection.create(type, make('dry'), { dryRun: true });
    await rejection(connection.get(type, named('dry')), 'not-found');
  });

  it('tells an object that is not there from a kind that is not served', async () => {
    const { connection, namespace } = subject();
    const missing = await rejection(connection.get(sample().type, named('missing')), 'not-found');
    assert.equal(statusOf(missing)?.code, 404);
    assert.equal(isKindMissing(missing), false);
    assert.match(missing.message, /"missing" not found/);
    assert.ok(isKindMissing(await rejection(connection.list(absentKind, { namespace }), 'not-found')));
  });

  it('lists what all selectors choose, in its namespace, by name', async () => {
    const { connection, namespace } = subject();
    const { type } = sample();
    for (const name of ['list-c', 'list-a', 'list-b']) {
      await connection.create(type, labelled(name, { suite: 'list', odd: String(name !== 'list-b') }));
    }
    const names = async (query: object, where: string | undefined = namespace): Promise<readonly string[]> =>
      (await connection.list(type, { namespace: where, ...query })).items.map(({ metadata }) => metadata.name);
    assert.deepEqual(await names({ labelSelector: 'suite=list' }), ['list-a', 'list-b', 'list-c']);
    assert.deepEqual(await names({ labelSelector: 'suite=list,odd=true' }), ['list-a', 'list-c']);
    assert.deepEqual(await names({ labelSelector: 'suite=list', fieldSelector: 'metadata.name=list-b' }), ['list-b']);
    assert.deepEqual(await names({ labelSelector: 'suite=other' }), []);
    assert.deepEqual(await names({ labelSelector: 'suite=list' }, 'another-namespace'), []);
    const everywhere = await connection.list(type, { labelSelector: 'suite=list' });
    assert.equal(everywhere.items.length, 3);
    assert.match(everywhere.resourceVersion, /^\d+$/);
  });

  it('gives a list in pages, and keeps none of them', async () => {
    const { connection, namespace } = subject();
    const { type } = sample();
    for (let index = 0; index < 5; index++) await connection.create(type, labelled(`page-${index}`, { suite: 'page' }));
    const pages: number[] = [];
    const query = { namespace, labelSelector: 'suite=page', pageSize: 2 };
    const { items } = await connection.list(type, { ...query, onPage: (page) => pages.push(page.length) });
    assert.deepEqual([pages, items], [[2, 2, 1], []]);
    assert.equal((await connection.list(type, query)).items.length, 5);
  });

  it('deletes an object, which need not be there', async () => {
    const { connection } = subject();
    const { type, make } = sample();
    const made = await connection.create(type, make('doomed'));
    await rejection(connection.delete(type, named('doomed'), { uid: 'another-one' }), 'conflict');
    await connection.get(type, named('doomed'));
    await connection.delete(type, named('doomed'), made.metadata.uid === undefined ? {} : { uid: made.metadata.uid });
    await connection.delete(type, named('doomed'));
    await rejection(connection.get(type, named('doomed')), 'not-found');
  });

  it('hands out copies', async () => {
    const { connection } = subject();
    const { type, make } = sample();
    await connection.create(type, make('copied'));
    const first = (await connection.get(type, named('copied'))) as { metadata: { labels?: object } };
    first.metadata.labels = { changed: 'here' };
    assert.equal((await connection.get(type, named('copied'))).metadata.labels?.['changed'], undefined);
  });

  it('does nothing for a task that was cancelled', async () => {
    const { connection, namespace } = subject();
    const { type, make } = sample();
    const task = { signal: cancelled() };
    await rejection(connection.create(type, make('never'), {}, task), 'cancelled');
    await rejection(connection.list(type, { namespace }, task), 'cancelled');
    await rejection(connection.delete(type, named('never'), {}, task), 'cancelled');
    await rejection(connection.get(type, named('never'), task), 'cancelled');
    await rejection(connection.get(type, named('never')), 'not-found');
  });
}

function configMap({ namespace }: ConnectionSubject, name: string, data: Record<string, string> = {}): ConfigMap {
  return { metadata: { name, namespace }, data };
}

function changes(subject: () => ConnectionSubject): void {
  const map = (name: string, data: Record<string, string>): ConfigMap => configMap(subject(), name, data);
  const apply = (object: ConfigMap, options = {}): Promise<ConfigMap> =>
    subject().connection.apply(configMaps, object, options);
  const read = async (name: string): Promise<ConfigMap> =>
    subject().connection.get(configMaps, { namespace: subject().namespace, name });
  const writeAs = (manager: string, object: ConfigMap): Promise<void> => {
    const write = subject().writeAs;
    assert.ok(write, 'the subject says how another manager writes');
    return write(manager, object);
  };

  it('applies: makes, adds, changes, and takes away what is no longer applied', async () => {
    const made = await apply(map('applied', { a: '1', b: '2' }));
    const owners = made.metadata.managedFields?.map(({ manager, operation }) => ({ manager, operation }));
    assert.deepEqual(owners, [{ manager: 'model-deck', operation: 'Apply' }]);
    assert.deepEqual((await apply(map('applied', { b: '3', c: '4' }))).data, { b: '3', c: '4' });
    assert.deepEqual((await read('applied')).data, { b: '3', c: '4' });
  });

  it('changes nothing when the same is applied again', async () => {
    const first = await apply(map('same', { a: '1' }));
    const second = await apply(map('same', { a: '1' }));
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
  });

  it('writes nothing in a dry run, and tells what it would', async () => {
    await apply(map('dry-apply', { a: '1' }));
    assert.deepEqual((await apply(map('dry-apply', { a: '2' }), { dryRun: true })).data, { a: '2' });
    assert.deepEqual((await read('dry-apply')).data, { a: '1' });
    await apply(map('dry-made', {}), { dryRun: true });
    await rejection(read('dry-made'), 'not-found');
  });

  it('leaves fields of others alone, and names who owns one that stands against it', async () => {
    await apply(map('shared', { ours: '1' }));
    await writeAs('somebody', map('shared', { theirs: '2' }));
    assert.deepEqual((await apply(map('shared', { ours: '3' }))).data, { ours: '3', theirs: '2' });
    const error = await rejection(apply(map('shared', { ours: '3', theirs: '4' })), 'conflict');
    assert.deepEqual(fieldConflicts(error), [{ manager: 'somebody', field: '.data.theirs' }]);
    assert.deepEqual((await read('shared')).data, { ours: '3', theirs: '2' });
    const dryRun = apply(map('shared', { ours: '3', theirs: '4' }), { dryRun: true });
    assert.equal(fieldConflicts(await rejection(dryRun, 'conflict')).length, 1);
    const forced = await apply(map('shared', { ours: '3', theirs: '4' }), { force: true });
    assert.deepEqual(forced.data, { ours: '3', theirs: '4' });
  });

  it('shares a field on whose value two agree', async () => {
    await apply(map('agreed', { both: '1' }));
    await writeAs('somebody', map('agreed', { both: '1' }));
    assert.deepEqual((await apply(map('agreed', { both: '1' }))).data, { both: '1' });
    assert.deepEqual(
      (await apply(map('agreed', { own: '2' }))).data,
      { both: '1', own: '2' },
      'the other one keeps it',
    );
  });

  it('applies what was read, but not when it has changed since', async () => {
    await apply(map('stale', { a: '1' }));
    const before = await read('stale');
    await apply({ ...before, data: { a: '2' } });
    await rejection(apply({ ...before, data: { a: '3' } }), 'conflict');
    assert.deepEqual((await read('stale')).data, { a: '2' });
  });

  it('patches: null removes a field, and what is not there cannot be patched', async () => {
    const { connection, namespace } = subject();
    await connection.create(configMaps, map('patched', { a: '1', b: '2' }));
    const answer = await connection.patch(configMaps, { namespace, name: 'patched' }, { data: { a: null, c: '3' } });
    assert.deepEqual(answer.data, { b: '2', c: '3' });
    assert.deepEqual((await read('patched')).data, { b: '2', c: '3' });
    await rejection(connection.patch(configMaps, { namespace, name: 'no-patched' }, { data: {} }), 'not-found');
  });

  it('keeps what a finalizer holds, marked as deleted', async () => {
    const { connection, namespace } = subject();
    const name = { namespace, name: 'held' };
    const object = map('held', {});
    const held = { ...object, metadata: { ...object.metadata, finalizers: ['model-deck.dev/held'] } };
    await connection.create(configMaps, held);
    await connection.delete(configMaps, name);
    assert.ok((await read('held')).metadata.deletionTimestamp);
    await connection.patch(configMaps, name, { metadata: { finalizers: null } });
    await rejection(read('held'), 'not-found');
  });
}

function watch(subject: () => ConnectionSubject): void {
  const where = (name: string): ObjectName => ({ namespace: subject().namespace, name });

  it('follows a list from where it was read, until the task is cancelled', async () => {
    const { connection, namespace } = subject();
    const labels = { suite: 'watch' };
    const make = (name: string, more: object = {}): ConfigMap => {
      const object = configMap(subject(), name);
      return { ...object, metadata: { ...object.metadata, labels: { ...labels, ...more } } };
    };
    await connection.create(configMaps, make('watch-before'));
    const query = { namespace, labelSelector: 'suite=watch' };
    const { resourceVersion } = await connection.list(configMaps, query);
    // What happens between the list and the watch is told, too.
    await connection.create(configMaps, make('watch-between'));
    const seen: string[] = [];
    const note = (event: WatchEvent<ConfigMap>): void => {
      if (event.type !== 'bookmark') seen.push(`${event.type} ${event.object.metadata.name}`);
    };
    const controller = new AbortController();
    let isOpen = false;
    const watching = connection.watch(
      configMaps,
      { ...query, resourceVersion, onOpen: () => (isOpen = true), onEvent: note },
      { signal: controller.signal },
    );
    const ended = rejection(watching, 'cancelled');
    await waitUntil('the watch is open', () => isOpen);
    await connection.create(configMaps, configMap(subject(), 'watch-other'));
    await connection.create(configMaps, make('watch-after'));
    await connection.patch(configMaps, where('watch-before'), { data: { a: '1' } });
    await connection.delete(configMaps, where('watch-after'));
    // It leaves the list that is followed, without being deleted.
    await connection.patch(configMaps, where('watch-before'), { metadata: { labels: { suite: null } } });
    await waitUntil('all is told', () => seen.length >= 5);
    assert.deepEqual(seen, [
      'added watch-between',
      'added watch-after',
      'modified watch-before',
      'deleted watch-after',
      'deleted watch-before',
    ]);
    controller.abort();
    await ended;
  });
}

function runIn({ connection, namespace, pod = { name: '', container: '' } }: ConnectionSubject) {
  return (script: string, more: Partial<ExecCommand> = {}, signal?: AbortSignal) => {
    const command = ['sh', '-c', script, 'contract'];
    return connection.exec({ namespace, pod: pod.name, container: pod.container, command, ...more }, { signal });
  };
}

function exitCode(subject: () => ConnectionSubject): void {
  it('tells how a command ended', async () => {
    assert.equal((await runIn(subject())('exit 3')).exitCode, 3);
  });
}

function exec(subject: () => ConnectionSubject): void {
  const run: ReturnType<typeof runIn> = (...args) => runIn(subject())(...args);

  it('tells the outputs of a command', async () => {
    assert.deepEqual(await run('echo out; echo err >&2'), { exitCode: 0, stdout: 'out\n', stderr: 'err\n' });
  });

  it('hands the output over instead of keeping it', async () => {
    let output = '';
    const { stdout } = await run('echo out', { onStdout: (chunk: Buffer) => (output += chunk.toString()) });
    assert.deepEqual([output, stdout], ['out\n', '']);
  });

  it('sends the input, and tells how much has left', async () => {
    let sent = 0;
    const stdin = Readable.from([Buffer.from('four'), Buffer.from('more')]);
    const { stdout } = await run('head -c 8', { stdin, onSent: (bytes: number) => (sent = bytes) });
    assert.deepEqual([stdout, sent], ['fourmore', 8]);
  });

  it('tells a pod that is not there', async () => {
    const error = await rejection(run('true', { pod: 'absent' }), 'not-found');
    assert.match(error.message, /"absent" not found/);
  });

  it('tells a container that is not there', async () => {
    await rejection(run('true', { container: 'absent' }), 'invalid-input');
  });

  it('is cancelled while it runs, and before', async () => {
    const controller = new AbortController();
    const onStdout = (): void => controller.abort();
    // The input keeps it alive; a fake ends the command with its input.
    await rejection(
      run('echo started; head -c 1', { onStdout, stdin: new Readable({ read() {} }) }, controller.signal),
      'cancelled',
    );
    await rejection(run('true', {}, cancelled()), 'cancelled');
  });
}

function logs(subject: () => ConnectionSubject): void {
  const query = () => {
    const { namespace, pod = { name: '', container: '' } } = subject();
    return { namespace, pod: pod.name, container: pod.container };
  };
  const say = (line: string): Promise<void> => {
    const speak = subject().say;
    assert.ok(speak, 'the subject says how the pod logs');
    return speak(line);
  };

  it('reads the last lines of a log', async () => {
    for (const line of ['one', 'two', 'three']) await say(line);
    const lines: string[] = [];
    await subject().connection.logs({ ...query(), tailLines: 2 }, (line) => lines.push(line));
    assert.deepEqual(lines, ['two', 'three']);
  });

  it('tells a pod that is not there', async () => {
    const absent = subject().connection.logs({ ...query(), pod: 'absent' }, () => undefined);
    await rejection(absent, 'not-found');
  });
}
