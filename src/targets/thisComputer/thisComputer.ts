import { mkdtemp, rm } from 'node:fs/promises';
import { isFolderUri } from '../../stores/folder/folderRef.ts';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { Emitter } from '../../foundation/emitter.ts';
import type { Task } from '../../foundation/task.ts';
import type { Endpoint } from '../../inference/endpoint.ts';
import { suggestLabel } from '../../kserve/kubernetesNames.ts';
import { maxRequestBytes, startServer, type RunningServer } from '../../local/index.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import { formatDeploymentRef } from '../deploymentRef.ts';
import type {
  DeployPlan,
  DeployRequest,
  Deployment,
  DeploymentState,
  DeployStep,
  Lifecycle,
  Logs,
  RestorePoint,
  Restoration,
  Target,
} from '../target.ts';
import { DeploymentRecords, type DeploymentRecord } from './deploymentRecords.ts';
import { chooseRuntime, localRuntimes, placeOf, type ChosenRuntime } from './runtimes/chooseRuntime.ts';
import type { LocalRuntime, LocalTools } from './runtimes/localRuntime.ts';
import { thisComputerId } from './thisComputerId.ts';

export interface ThisComputerOptions extends LocalTools {
  /** Where the list of deployments is kept; made when needed. */
  readonly stateFolder: string;
  /** Script, Node and its arguments of the servers: see `ServerRequest`. */
  readonly serverEntry: string;
  readonly execPath: string;
  readonly execArgv?: readonly string[];
  readonly log: (message: string) => void;
  /** What can compute here; those of `chooseRuntime.ts` when left out. */
  readonly runtimes?: readonly LocalRuntime[];
}

/** What this window knows of one deployment. */
interface Entry {
  record: DeploymentRecord;
  readonly log: string[];
  state: DeploymentState;
  reason?: string | undefined;
  server?: RunningServer | undefined;
  workFolder?: string | undefined;
  launch?: { readonly abort: AbortController; readonly done: Promise<Deployment> } | undefined;
}

/** As long as the name of a Kubernetes object may be, so that a name from here can be one there, too. */
const longestName = 63;

/** Lines of a deployment's log that are kept. */
const keptLogLines = 2000;

/** The target that is always there: a process on 127.0.0.1 for each deployment, for as long as this window is open. */
export class ThisComputer implements Target {
  readonly id = thisComputerId;
  readonly label = 'This computer';
  readonly summary = 'a server on 127.0.0.1';
  readonly about =
    'Serves packaged models on 127.0.0.1 with the protocol that KServe speaks. Needs no Kubernetes; nothing leaves this computer.';
  readonly isRemote = false;
  readonly keepsFailed = true;
  readonly lifecycle: Lifecycle = {
    start: (deploymentId, task = {}) => this.start(deploymentId, task),
    stop: (deploymentId) => this.stop(deploymentId),
  };
  readonly logs: Logs = {
    read: (deploymentId) => Promise.resolve(`${this.entry(deploymentId).log.join('\n')}\n`),
  };
  private readonly entries = new Map<string, Entry>();
  private readonly changed = new Emitter();
  private readonly runtimes: readonly LocalRuntime[];

  private constructor(
    private readonly options: ThisComputerOptions,
    private readonly records: DeploymentRecords,
  ) {
    this.runtimes = options.runtimes ?? localRuntimes;
  }

  /** Reads the deployments of earlier sessions; they are stopped until somebody asks for them. */
  static async open(options: ThisComputerOptions): Promise<ThisComputer> {
    const records = new DeploymentRecords(path.join(options.stateFolder, 'deployments.json'), options.log);
    const target = new ThisComputer(options, records);
    for (const record of await records.read()) target.entries.set(record.name, newEntry(record));
    return target;
  }

  checkName(name: string): string | undefined {
    if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= longestName) return undefined;
    return `"${name}" cannot name a deployment: use at most ${longestName} lower-case letters a-z, digits and "-", beginning with a letter and ending with a letter or digit.`;
  }

  suggestName(modelName: string): string {
    return suggestLabel(modelName, longestName);
  }

  deployments(): readonly Deployment[] {
    return [...this.entries.values()].map((entry) => this.describe(entry));
  }

  storageProblem(storageUri: string): string | undefined {
    if (isFolderUri(storageUri)) return undefined;
    return `This computer serves models from its own folders only, not from ${storageUri}.`;
  }

  onDidChangeDeployments(listener: () => void): () => void {
    return this.changed.on(listener);
  }

  async plan({ model }: DeployRequest, task: Task = {}): Promise<DeployPlan> {
    const { runtime, reason, warnings } = await chooseRuntime(model, this.options, task, this.runtimes);
    return { runtime, reason, warnings };
  }

  async deploy(request: DeployRequest, task: Task<DeployStep> = {}): Promise<Deployment> {
    task.onProgress?.({ step: 'plan' });
    const runtime = await chooseRuntime(request.model, this.options, { signal: task.signal }, this.runtimes);
    const before = this.entries.get(request.name);
    if (before) await this.halt(before);
    const { name, model, protocol } = request;
    const entry = newEntry({ name, model, protocol, runtime: runtime.id });
    this.entries.set(name, entry);
    await this.records.put(entry.record);
    try {
      return await this.launch(entry, task, runtime);
    } catch (error) {
      if (ModelDeckError.is(error) && error.category === 'cancelled') await this.takeBack(name, before);
      throw error;
    }
  }

  private async start(deploymentId: string, task: Task<DeployStep>): Promise<Deployment> {
    const entry = this.entry(deploymentId);
    return entry.state === 'ready' ? this.describe(entry) : this.launch(entry, task);
  }

  private async stop(deploymentId: string): Promise<void> {
    const entry = this.entry(deploymentId);
    await this.halt(entry);
    this.change(entry, 'stopped');
  }

  async remove(deploymentId: string): Promise<void> {
    const entry = this.entry(deploymentId);
    await this.halt(entry);
    this.entries.delete(entry.record.name);
    await this.records.delete(entry.record.name);
    this.notify();
  }

  async endpoint(deploymentId: string): Promise<Endpoint> {
    const entry = this.entry(deploymentId);
    if (entry.state === 'failed') {
      throw new ModelDeckError('server', `${entry.record.name} failed: ${entry.reason ?? 'the log has the reason.'}`, {
        nextStep: { kind: 'show-deployment-log', deploymentId },
      });
    }
    if (!entry.server) await this.launch(entry, {});
    const { server, record } = entry;
    if (!server)
      throw new ModelDeckError('unreachable', `${record.name} was stopped.`, { nextStep: { kind: 'retry' } });
    return {
      id: deploymentId,
      label: record.name,
      targetLabel: this.label,
      baseUrl: server.url,
      modelName: record.model.name,
      protocol: record.protocol,
      maxRequestBytes: this.runtimeOf(record)?.maxRequestBytes ?? maxRequestBytes,
      imageEncoding: this.runtimeOf(record)?.imageEncoding ?? 'rgb-jpeg',
      ...(server.labels && { labels: server.labels }),
      ...(server.contract && { contract: server.contract }),
    };
  }

  restorePoint(name: string): Promise<RestorePoint> {
    const before = this.entries.get(name);
    return Promise.resolve({ restore: (model) => this.restore(name, before, model) });
  }

  /** Ends all servers; resolves when they are gone. */
  async dispose(): Promise<void> {
    this.changed.clear();
    await Promise.all([...this.entries.values()].map((entry) => this.halt(entry)));
  }

  /** One start at a time: who comes while it runs gets the same promise. */
  private async launch(entry: Entry, task: Task<DeployStep>, runtime?: ChosenRuntime): Promise<Deployment> {
    if (entry.launch) return entry.launch.done;
    const abort = new AbortController();
    const signal = task.signal ? AbortSignal.any([task.signal, abort.signal]) : abort.signal;
    const done = this.serve(entry, { ...task, signal }, runtime);
    entry.launch = { abort, done };
    try {
      return await done;
    } finally {
      entry.launch = undefined;
    }
  }

  private async serve(entry: Entry, task: Task<DeployStep>, known?: ChosenRuntime): Promise<Deployment> {
    this.change(entry, 'starting');
    const { model } = entry.record;
    try {
      const runtime = known ?? (await chooseRuntime(model, this.options, { signal: task.signal }, this.runtimes));
      await this.take(entry, runtime);
      const { serverEntry, execPath, execArgv } = this.options;
      const server = await startServer(
        {
          serverEntry,
          execPath,
          ...(execArgv && { execArgv }),
          model: {
            archive: placeOf(model),
            ...(model.kind !== undefined && { kind: model.kind }),
            modelName: model.name,
            modelVersion: model.version,
            maxRequestBytes: this.runtimeOf(entry.record)?.maxRequestBytes ?? maxRequestBytes,
            engine: await runtime.engine(() => this.workFolder(entry, runtime)),
          },
          log: (line) => this.write(entry, line),
        },
        task,
      );
      entry.server = server;
      void server.exited.then((reason) => this.crashed(entry, server, reason));
      this.write(entry, `Ready at ${server.url}`);
      this.change(entry, 'ready');
      return this.describe(entry);
    } catch (error) {
      await this.clear(entry);
      if (ModelDeckError.is(error) && error.category === 'cancelled') {
        this.change(entry, 'stopped');
        throw error;
      }
      const failure = this.withLog(entry, error);
      this.change(entry, 'failed', [failure.message, failure.remedy].filter(Boolean).join(' '));
      throw failure;
    }
  }

  /** What served it before may be gone, or another one may serve it now. */
  private async take(entry: Entry, { id }: ChosenRuntime): Promise<void> {
    if (entry.record.runtime === id) return;
    entry.record = { ...entry.record, runtime: id };
    await this.records.put(entry.record);
  }

  private async workFolder(entry: Entry, { id }: ChosenRuntime): Promise<string> {
    return (entry.workFolder ??= await mkdtemp(path.join(tmpdir(), `model-deck-${id}-`)));
  }

  /** Gives the error a way to the log, unless it knows a better step. */
  private withLog(entry: Entry, error: unknown): ModelDeckError {
    const known = ModelDeckError.from(error);
    this.write(entry, known.message);
    return known.with({ nextStep: known.nextStep ?? { kind: 'show-deployment-log', deploymentId: this.idOf(entry) } });
  }

  private async crashed(entry: Entry, server: RunningServer, reason: string): Promise<void> {
    if (entry.server !== server) return;
    this.write(entry, reason);
    await this.clear(entry);
    this.change(entry, 'failed', reason);
  }

  /** A cancelled deployment leaves what was there before, stopped. */
  private async takeBack(name: string, before: Entry | undefined): Promise<void> {
    if (before) {
      before.state = 'stopped';
      this.entries.set(name, before);
      await this.records.put(before.record);
    } else {
      this.entries.delete(name);
      await this.records.delete(name);
    }
    this.notify();
  }

  private async restore(name: string, before: Entry | undefined, model: StoredModel): Promise<Restoration> {
    const now = this.entries.get(name);
    if (now !== before) {
      if (now) await this.halt(now);
      await this.takeBack(name, before);
    }
    const all = [...this.entries.values()];
    return { remains: [], modelInUse: all.some(({ record }) => record.model.storageUri === model.storageUri) };
  }

  private async halt(entry: Entry): Promise<void> {
    const { launch, server } = entry;
    launch?.abort.abort();
    await launch?.done.catch(() => undefined);
    entry.server = undefined;
    await server?.stop();
    await this.clear(entry);
  }

  private async clear(entry: Entry): Promise<void> {
    const { server, workFolder } = entry;
    entry.server = undefined;
    entry.workFolder = undefined;
    await server?.stop();
    if (workFolder !== undefined) await rm(workFolder, { recursive: true, force: true, maxRetries: 3 });
  }

  private change(entry: Entry, state: DeploymentState, reason?: string): void {
    entry.state = state;
    entry.reason = reason;
    this.notify();
  }

  private notify(): void {
    this.changed.fire();
  }

  private write(entry: Entry, line: string): void {
    entry.log.push(`${new Date().toISOString()} ${line}`);
    if (entry.log.length > keptLogLines) entry.log.splice(0, entry.log.length - keptLogLines);
    this.options.log(`${entry.record.name}: ${line}`);
  }

  private entry(deploymentId: string): Entry {
    const entry = [...this.entries.values()].find((candidate) => this.idOf(candidate) === deploymentId);
    if (entry) return entry;
    throw new ModelDeckError('not-found', `There is no deployment ${deploymentId}.`, {
      remedy: 'It was removed. Refresh the Clusters view.',
    });
  }

  private idOf(entry: Entry): string {
    return formatDeploymentRef({ targetId: this.id, name: entry.record.name });
  }

  private runtimeOf({ runtime }: DeploymentRecord): LocalRuntime | undefined {
    return this.runtimes.find(({ id }) => id === runtime);
  }

  private describe(entry: Entry): Deployment {
    const { record, state, reason, server } = entry;
    const { name, model, protocol } = record;
    return {
      id: this.idOf(entry),
      name,
      targetId: this.id,
      state,
      model,
      runtime: server?.runtime ?? this.runtimeOf(record)?.label ?? record.runtime,
      protocol,
      ...(reason !== undefined && { reason }),
      ...(server && { url: server.url }),
    };
  }
}

function newEntry(record: DeploymentRecord): Entry {
  return { record, log: [], state: 'stopped' };
}
