import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type {
  ClusterConnection,
  DeleteOptions,
  ExecCommand,
  ExecResult,
  KubeObject,
  ListQuery,
  ObjectList,
  ObjectName,
  ResourceType,
  WriteOptions,
} from '../../../../src/cluster/index.ts';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import { throwIfCancelled, type Task } from '../../../../src/foundation/task.ts';
import { listed, missing, missingKind, newborn, otherUid, status, taken } from '../../cluster/apiAnswers.ts';
import type { KubeEvent, PersistentVolumeClaim, Pod, PodStatus } from '../../../../src/kserve/resources/core.ts';

/** Which shell and tools the fake pod has, and as whom they run. */
export interface PodTools {
  readonly shell: readonly string[];
  readonly path: string;
  readonly uid?: number;
}

export const systemTools: PodTools = { shell: ['sh'], path: process.env['PATH'] ?? '' };

const running: PodStatus = { phase: 'Running', containerStatuses: [{ name: 'upload', state: { running: {} } }] };

/**
 * A cluster of one claim, which is a folder. Pods are remembered only; commands run for real, in that folder, by the shell
 * and tools given. As with older kubelets the end of the standard input never reaches a command; when its connection
 * breaks, it does.
 */
export class FakeCluster implements ClusterConnection {
  readonly context = { name: 'fake', cluster: 'fake', isCurrent: true, file: '/nowhere/config' };
  readonly namespace = 'ml';
  readonly pods = new Map<string, Pod>();
  readonly createdPods: Pod[] = [];
  readonly execs: { readonly script: string; readonly pod: string; sent: number }[] = [];
  events: readonly KubeEvent[] = [];
  claim: PersistentVolumeClaim | undefined = {
    metadata: { name: 'models' },
    status: { phase: 'Bound', accessModes: ['ReadWriteMany'] },
  };
  tools = systemTools;
  /** The status of a pod that is created. */
  podStatus: () => PodStatus = () => running;
  /** Called with the name of each command before it runs; may throw or change things. */
  beforeExec: (script: string) => void | Promise<void> = () => undefined;
  /** Called before every request but exec; may throw. */
  beforeRequest: (verb: string, type: string) => void = () => undefined;
  /** Called after each piece that was sent; true cuts the connection. */
  cutsWhenSent: (bytes: number, script: string) => boolean = () => false;
  /** Whether a cut command goes on reading from what was under way, in bytes that come later. */
  late: ((child: ChildProcess) => void) | undefined;
  private version = 1;
  private readonly children = new Set<ChildProcess>();

  constructor(readonly folder: string) {}

  static async open(): Promise<FakeCluster> {
    return new FakeCluster(await mkdtemp(path.join(tmpdir(), 'model-deck-claim-')));
  }

  /** Waits for every command, and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
    await rm(this.folder, { recursive: true, force: true });
  }

  async settled(): Promise<void> {
    for (const child of this.children) if (child.exitCode === null) await once(child, 'close');
  }

  /** Bytes of files; the lists of them that other commands take are not counted. */
  get sent(): number {
    return this.execs.filter(({ script }) => script === 'receive').reduce((sum, { sent }) => sum + sent, 0);
  }

  async get<T extends KubeObject>(type: ResourceType<T>, { name }: ObjectName, task?: Task): Promise<T> {
    await this.ask('get', type, task);
    const found: KubeObject | undefined = type.kind === 'Pod' ? this.pods.get(name) : this.claim;
    if (!found) throw missing(type, { name });
    return structuredClone(found as T);
  }

  async list<T extends KubeObject>(type: ResourceType<T>, query: ListQuery<T>, task?: Task): Promise<ObjectList<T>> {
    await this.ask('list', type, task);
    if (type.kind !== 'Event') return listed([...this.pods.values()], query, String(this.version));
    return listed(this.eventsOf(query.fieldSelector ?? ''), query, String(this.version));
  }

  /** Those of the kind; the names of pods are made up by chance, so that those are of the one that is asked for. */
  private eventsOf(fieldSelector: string): readonly KubeObject[] {
    const [, kind, name] = /^involvedObject\.kind=(\w+),involvedObject\.name=(.+)$/.exec(fieldSelector) ?? [];
    const about = this.events.filter(({ involvedObject }) => involvedObject?.kind === kind);
    return about.map((event) => ({ ...event, involvedObject: { kind, name } }));
  }

  async create<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: WriteOptions = {},
    task?: Task,
  ): Promise<T> {
    await this.ask('create', type, task);
    if (this.pods.has(object.metadata.name)) throw taken(type, object.metadata);
    this.version += 1;
    const made = { ...newborn(object, this.version), status: this.podStatus() };
    if (options.dryRun) return made;
    this.pods.set(object.metadata.name, made);
    this.createdPods.push(object);
    return structuredClone(made);
  }

  async delete(type: ResourceType, { name }: ObjectName, { uid }: DeleteOptions = {}, task?: Task): Promise<void> {
    await this.ask('delete', type, task);
    const pod = this.pods.get(name);
    if (pod && uid !== undefined && uid !== pod.metadata.uid) throw otherUid(type, { name });
    this.pods.delete(name);
  }

  async exec(command: ExecCommand, task: Task = {}): Promise<ExecResult> {
    throwIfCancelled(task);
    const [, , text = '', script = '', ...args] = command.command;
    await this.beforeExec(script);
    throwIfCancelled(task);
    const pod = this.pods.get(command.pod);
    if (pod?.status?.phase !== 'Running') throw missing({ plural: 'pods' }, { name: command.pod });
    if (!pod.spec?.containers?.some(({ name }) => name === command.container)) {
      throw status(400, `container ${command.container} is not valid for pod ${command.pod}`, {});
    }
    const [shell = 'sh', ...options] = this.tools.shell;
    const child = spawn(shell, [...options, '-c', text, script, ...args], {
      cwd: this.folder,
      env: { PATH: this.tools.path },
      stdio: 'pipe',
      ...(this.tools.uid !== undefined && { uid: this.tools.uid, gid: this.tools.uid }),
    });
    this.children.add(child);
    const record = { script, pod: command.pod, sent: 0 };
    this.execs.push(record);
    return await this.converse(child, command, record, task);
  }

  private async converse(
    child: ChildProcess,
    command: ExecCommand,
    record: { readonly script: string; sent: number },
    task: Task,
  ): Promise<ExecResult> {
    let stdout = '';
    let stderr = '';
    let isCut = false;
    const keep = (chunk: Buffer): void => void (stdout += chunk.toString());
    child.stdout?.on('data', (chunk: Buffer) => isCut || (command.onStdout ?? keep)(chunk));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin?.on('error', () => undefined);
    const closed = once(child, 'close').then(([code]) => code as number | null);
    const cut = new Promise<'cut'>((resolve) => {
      task.signal?.addEventListener('abort', () => resolve('cut'), { once: true });
      if (command.stdin)
        void this.feed(child, closed, command.stdin, command, record).then((how) => how === 'cut' && resolve('cut'));
    });
    const how = await Promise.race([closed, cut]);
    if (how !== 'cut') return { exitCode: how ?? 137, stdout, stderr };
    isCut = true;
    command.stdin?.destroy();
    if (this.late) this.late(child);
    else child.stdin?.end();
    throwIfCancelled(task);
    throw new ModelDeckError('unreachable', 'The connection broke.');
  }

  private async feed(
    child: ChildProcess,
    closed: Promise<unknown>,
    stdin: Readable,
    command: ExecCommand,
    record: { readonly script: string; sent: number },
  ): Promise<'cut' | 'ended'> {
    try {
      for await (const chunk of stdin as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; at += 65_536) {
          const piece = chunk.subarray(at, at + 65_536);
          if (child.exitCode !== null || !child.stdin) return 'ended';
          if (!child.stdin.write(piece)) {
            await Promise.race([new Promise((resolve) => child.stdin?.once('drain', resolve)), closed]);
          }
          record.sent += piece.length;
          command.onSent?.(record.sent);
          if (this.cutsWhenSent(record.sent, record.script)) return 'cut';
        }
      }
    } catch {
      // The store ends the call with the reason.
    }
    return 'ended';
  }

  private async ask(verb: string, { plural }: ResourceType, task: Task | undefined): Promise<void> {
    await Promise.resolve();
    throwIfCancelled(task);
    this.beforeRequest(verb, plural);
    if (!['pods', 'persistentvolumeclaims', 'events'].includes(plural)) throw missingKind();
  }

  readonly apply = unused;
  readonly patch = unused;
  readonly request = unused;
  readonly watch = unused;
  readonly logs = unused;
  readonly portForward = unused;
  close(): void {}
}

function unused(): Promise<never> {
  return Promise.reject(new Error('Nothing of a claim needs this.'));
}
