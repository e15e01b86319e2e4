import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import type { Endpoint } from '../../inference/endpoint.ts';
import {
  maxRequestBytes,
  startServer,
  type RunningServer,
  type ServerEngine,
  type TorchServeSearch,
} from '../../local/index.ts';
import { DeploymentRecords, type DeploymentRecord } from './deploymentRecords.ts';
import { chooseRuntime, type LocalRuntime } from './runtimes/chooseRuntime.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import type {
  DeployPlan,
  DeployRequest,
  Deployment,
  DeploymentState,
  DeployStep,
  RestorePoint,
  Restoration,
  Route,
  Target,
} from '../target.ts';

export interface ThisComputerOptions {
  /** Where the list of deployments is kept; made when needed. */
  readonly stateFolder: string;
  /** Script, Node and its arguments of the servers: see `ServerRequest`. */
  readonly serverEntry: string;
  readonly execPath: string;
  readonly execArgv?: readonly string[];
  /** Asked only when a model needs TorchServe. */
  readonly torchServeSearch: () => Promise<TorchServeSearch>;
  readonly log: (message: string) => void;
}

/** What this window knows of one deployment. */
interface Entry {
  readonly record: DeploymentRecord;
  readonly log: string[];
  state: DeploymentState;
  reason?: string | undefined;
  server?: RunningServer | undefined;
  workFolder?: string | undefined;
  launch?: { readonly abort: AbortController; readonly done: Promise<Deployment> } | undefined;
}

/** Lines of a deployment's log that are kept. */
const keptLogLines = 2000;

/** The target that is always there: a process on 127.0.0.1 for each deployment, for as long as this window is open. */
export class ThisComputer implements Target {
  readonly id = 'this-computer';
  readonly kind = 'this-computer';
  readonly label = 'This computer';
  readonly keepsFailed = true;
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<() => void>();

  private constructor(
    private readonly options: ThisComputerOptions,
    private readonly records: DeploymentRecords,
  ) {}

  /** Reads the deployments of earlier sessions; they are stopped until somebody asks for them. */
  static async open(options: ThisComputerOptions): Promise<ThisComputer> {
    const records = new DeploymentRecords(path.join(options.stateFolder, 'deployments.json'), options.log);
    const target = new ThisComputer(options, records);
    for (const record of await records.read()) target.entries.set(record.name, newEntry(record));
    return target;
  }

  deployments(): readonly Deployment[] {
    return [...this.entries.values()].map((entry) => this.describe(entry));
  }

  storageProblem(storageUri: string): string | undefined {
    if (storageUri.startsWith('file:')) return undefined;
    return `This computer serves models from its own folders only, not from ${storageUri}.`;
  }

  onDidChangeDeployments(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async plan({ model }: DeployRequest, task: Task = {}): Promise<DeployPlan> {
    const { runtime, reason, warnings } = await chooseRuntime(model, this.options.torchServeSearch, task);
    return { runtime, reason, warnings };
  }

  async deploy(request: DeployRequest, task: Task<DeployStep> = {}): Promise<Deployment> {
    task.onProgress?.({ step: 'plan' });
    const runtime = await chooseRuntime(request.model, this.options.torchServeSearch, { signal: task.signal });
    const before = this.entries.get(request.name);
    if (before) await this.halt(before);
    const { name, model, protocol } = request;
    const entry = newEntry({ name, model, protocol, runtime: runtime.kind });
    this.entries.set(name, entry);
    await this.records.put(entry.record);
    try {
      return await this.launch(entry, task, runtime);
    } catch (error) {
      if (ModelDeckError.is(error) && error.category === 'cancelled') await this.takeBack(name, before);
      throw error;
    }
  }

  async start(deploymentId: string, task: Task<DeployStep> = {}): Promise<Deployment> {
    const entry = this.entry(deploymentId);
    return entry.state === 'ready' ? this.describe(entry) : this.launch(entry, task);
  }

  async stop(deploymentId: string): Promise<void> {
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
      maxRequestBytes,
      imageEncoding: record.runtime === 'onnx' ? 'rgb-jpeg-or-png' : 'rgb-jpeg',
      ...(server.labels && { labels: server.labels }),
    };
  }

  routes(): Promise<readonly Route[]> {
    return Promise.resolve([{ kind: 'loopback', label: 'This computer' }]);
  }

  /** There is nothing between us and a server of this computer. */
  closeRoutes(): void {}

  restorePoint(name: string): Promise<RestorePoint> {
    const before = this.entries.get(name);
    return Promise.resolve({ restore: (model) => this.restore(name, before, model) });
  }

  log(deploymentId: string): Promise<string> {
    return Promise.resolve(`${this.entry(deploymentId).log.join('\n')}\n`);
  }

  /** Ends all servers; resolves when they are gone. */
  async dispose(): Promise<void> {
    this.listeners.clear();
    await Promise.all([...this.entries.values()].map((entry) => this.halt(entry)));
  }

  /** One start at a time: who comes while it runs gets the same promise. */
  private async launch(entry: Entry, task: Task<DeployStep>, runtime?: LocalRuntime): Promise<Deployment> {
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

  private async serve(entry: Entry, task: Task<DeployStep>, known?: LocalRuntime): Promise<Deployment> {
    this.change(entry, 'starting');
    const { model } = entry.record;
    try {
      const runtime = known ?? (await chooseRuntime(model, this.options.torchServeSearch, { signal: task.signal }));
      const { serverEntry, execPath, execArgv } = this.options;
      const server = await startServer(
        {
          serverEntry,
          execPath,
          ...(execArgv && { execArgv }),
          model: {
            archive: model.archivePath ?? '',
            modelName: model.name,
            modelVersion: model.version,
            engine: await this.engine(entry, runtime),
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

  private async engine(entry: Entry, runtime: LocalRuntime): Promise<ServerEngine> {
    if (runtime.kind === 'onnx') return { kind: 'onnx' };
    const storeFolder = entry.record.model.path;
    if (storeFolder === undefined) {
      throw new ModelDeckError('unsupported', 'TorchServe needs a model that lies in a folder.');
    }
    entry.workFolder = await mkdtemp(path.join(tmpdir(), 'model-deck-torchserve-'));
    return { kind: 'torchserve', python: runtime.python, storeFolder, workFolder: entry.workFolder };
  }

  /** Gives the error a way to the log, unless it knows a better step. */
  private withLog(entry: Entry, error: unknown): ModelDeckError {
    const known = ModelDeckError.is(error) ? error : undefined;
    const summary = error instanceof Error ? error.message : String(error);
    this.write(entry, summary);
    return new ModelDeckError(known?.category ?? 'internal', summary, {
      ...(known?.remedy !== undefined && { remedy: known.remedy }),
      ...(known?.location && { location: known.location }),
      nextStep: known?.nextStep ?? { kind: 'show-deployment-log', deploymentId: this.idOf(entry) },
      cause: error,
    });
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
    for (const listener of this.listeners) listener();
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
    return `${this.id}/${entry.record.name}`;
  }

  private describe(entry: Entry): Deployment {
    const { record, state, reason, server } = entry;
    const { name, model, protocol, runtime } = record;
    return {
      id: this.idOf(entry),
      name,
      targetId: this.id,
      state,
      model,
      runtime: runtimeLabels[runtime],
      protocol,
      ...(reason !== undefined && { reason }),
      ...(server && { url: server.url }),
    };
  }
}

const runtimeLabels: Readonly<Record<DeploymentRecord['runtime'], string>> = {
  onnx: 'ONNX Runtime (WebAssembly)',
  torchserve: 'TorchServe',
};

function newEntry(record: DeploymentRecord): Entry {
  return { record, log: [], state: 'stopped' };
}
