import { ModelDeckError } from '../../foundation/error.ts';
import { isFolderUri } from '../../stores/folder/folderRef.ts';
import type { Task } from '../../foundation/task.ts';
import type { Endpoint } from '../../inference/endpoint.ts';
import {
  deploymentModeOf,
  editableManifest,
  inferenceServiceNames,
  isGrpcOnly,
  readEarlierVersions,
  servedModelOf,
  toYaml,
  zeroReplicasProblem,
} from '../../kserve/index.ts';
import type { InferenceService } from '../../kserve/resources/inferenceService.ts';
import type {
  ClusterPlace,
  DeployPlan,
  DeployRequest,
  Deployment,
  DeployStep,
  Lifecycle,
  Manifests,
  RestorePoint,
  RouteKind,
  Routes,
  Versions,
} from '../target.ts';
import { requestStop, type Journal } from './serve/applyDeployment.ts';
import { deploymentMode, readKServeConfig, readLive, readService } from './plan/clusterFacts.ts';
import { makeRuntime } from './plan/newRuntime.ts';
import { planServing } from './plan/planServing.ts';
import { readNodes } from './plan/readNodes.ts';
import { readRuntimes } from './plan/readRuntimes.ts';
import type { KServeTarget } from './clusters.ts';
import { deleteService, notesOnDeleting } from './operate/deleteService.ts';
import { applyEditedManifest } from './plan/editedManifest.ts';
import { EndpointRoutes, type EndpointSignIn } from './routes/endpointRoutes.ts';
import { ServiceAccountTokens } from './routes/serviceAccountTokens.ts';
import { explainService } from './explain/explainService.ts';
import { isFailure } from './explain/serviceFailure.ts';
import { refOf, type Place } from './place.ts';
import { formatNamespaceRef, parseServiceRef } from './serviceRef.ts';
import { planDeployment } from './plan/planDeployment.ts';
import { wantedManifest } from './plan/prepareDeployment.ts';
import { rollBackTo } from './operate/rollBack.ts';
import { scaleService } from './operate/scaleService.ts';
import { usersOf } from './operate/serviceUsers.ts';
import { applyAndServe, serve, type Served } from './serve/serveService.ts';
import { ServiceRows } from './serviceRows.ts';
import { restoreBefore } from './operate/restoreBefore.ts';

export interface KServeNamespaceOptions {
  readonly endpointSignIn?: EndpointSignIn;
}

/** A namespace of a cluster with KServe: hands each question to the file that answers it, and remembers what it learns. */
export class KServeNamespace implements KServeTarget {
  readonly isRemote = true;
  readonly keepsFailed = false;
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  readonly cluster: ClusterPlace;
  readonly lifecycle: Lifecycle = {
    start: (id, task = {}) => this.start(id, task),
    stop: (id) => this.stop(id),
  };
  readonly routes: Routes = {
    of: async (id, task = {}) => this.ways.routes(await readService(this.place, this.nameOf(id), task), task),
    close: (id) => this.ways.close(this.nameOf(id)),
  };
  readonly versions: Versions = {
    earlier: async (id, task = {}) => readEarlierVersions(await readService(this.place, this.nameOf(id), task)),
    rollBack: (id, version, task = {}) => {
      const name = this.nameOf(id);
      return this.serving(name, () => rollBackTo(this.place, name, version, task));
    },
  };
  readonly manifests: Manifests = {
    read: async (id, form, task = {}) => {
      const service = await readService(this.place, this.nameOf(id), task);
      return toYaml(form === 'edit' ? editableManifest(service) : service);
    },
    apply: (yaml, { force = false } = {}, task = {}) => applyEditedManifest(this.place, yaml, force, task),
  };
  readonly serviceAccounts: KServeTarget['serviceAccounts'] = {
    list: (name, task = {}) => this.tokens.list(name, task),
    check: async (account, task = {}) => void (await this.tokens.of(account, task)),
  };
  readonly checkName: (name: string) => string | undefined;
  readonly suggestName: (modelName: string) => string;
  private readonly rows: ServiceRows;
  private readonly ways: EndpointRoutes;
  private readonly tokens: ServiceAccountTokens;
  /** What the deploys that may still be taken back have done, by name. */
  private readonly journals = new Map<string, Journal>();

  constructor(
    private readonly place: Place,
    { endpointSignIn }: KServeNamespaceOptions = {},
  ) {
    const { connection, namespace } = place;
    this.cluster = { ...refOf(place), connection };
    this.id = formatNamespaceRef(this.cluster);
    this.label = `${this.cluster.context} / ${namespace}`;
    this.summary = connection.context.server ?? '';
    ({ checkName: this.checkName, suggestName: this.suggestName } = inferenceServiceNames(namespace));
    this.rows = new ServiceRows(place);
    this.tokens = new ServiceAccountTokens(place);
    this.ways = new EndpointRoutes(place, this.tokens, endpointSignIn);
  }

  storageProblem(storageUri: string): string | undefined {
    if (storageUri === '') return 'The place of the model is not known.';
    if (!isFolderUri(storageUri)) return undefined;
    return `${this.label} cannot read folders of this computer (${storageUri}).`;
  }

  deployments(): readonly Deployment[] {
    return this.rows.deployments();
  }

  onDidChangeDeployments(listener: () => void): () => void {
    return this.rows.onDidChange(listener);
  }

  follow(): () => void {
    return this.rows.follow();
  }

  plan(request: DeployRequest, task: Task = {}): Promise<DeployPlan> {
    return planDeployment(this.place, request, task);
  }

  async deploy(asked: DeployRequest, task: Task<DeployStep> = {}): Promise<Deployment> {
    const { name, cluster = {} } = asked;
    const quiet = { signal: task.signal };
    const [config, runtimes, live, nodes] = await Promise.all([
      readKServeConfig(this.place, quiet),
      readRuntimes(this.place, quiet),
      readLive(this.place, name, quiet),
      readNodes(this.place, quiet),
    ]);
    const { request, chosen, newRuntime } = await planServing(this.place, asked, { live, ...runtimes, ...nodes });
    const wanted = (before: InferenceService | undefined): InferenceService =>
      wantedManifest(this.place, request, before, { mode: deploymentMode(before, config), runtime: chosen });
    const { force = false, planRevision } = cluster;
    const journal = this.journals.get(name) ?? { name };
    return this.serving(name, async () => {
      if (newRuntime) await makeRuntime(this.place, newRuntime, journal, quiet);
      return applyAndServe(this.place, { wanted, force, planRevision }, journal, task);
    });
  }

  restorePoint(name: string): Promise<RestorePoint> {
    const journal: Journal = { name };
    this.journals.set(name, journal);
    return Promise.resolve({
      restore: async (model, task = {}) => {
        const restoration = await restoreBefore(this.place, journal, model, { signal: task.signal });
        await this.reread(name);
        return restoration;
      },
    });
  }

  private async start(id: string, task: Task<DeployStep>): Promise<Deployment> {
    const name = this.nameOf(id);
    const { signal } = task;
    return this.serving(name, async () => {
      const service = await requestStop(this.place, name, false, { signal });
      return serve(this.place, service, undefined, task);
    });
  }

  private async stop(id: string): Promise<void> {
    const name = this.nameOf(id);
    this.ways.close(name);
    this.rows.note(await requestStop(this.place, name, true, {}));
  }

  async scale(id: string, minReplicas: number, maxReplicas: number, task: Task = {}): Promise<string | undefined> {
    const scaled = await scaleService(this.place, this.nameOf(id), minReplicas, maxReplicas, task);
    this.rows.note(scaled);
    const mode = deploymentModeOf(scaled) ?? (await readKServeConfig(this.place, task))?.defaultDeploymentMode;
    return zeroReplicasProblem(scaled, mode);
  }

  async remove(id: string): Promise<void> {
    const name = this.nameOf(id);
    this.ways.close(name);
    const service = await readLive(this.place, name, {});
    if (service) (await deleteService(this.place, service, {})).forEach((sentence) => this.place.log(sentence));
    this.rows.forget(name);
  }

  async deletionNotes(id: string, task: Task = {}): Promise<readonly string[]> {
    return notesOnDeleting(this.place, await readService(this.place, this.nameOf(id), task), task);
  }

  users(id: string, task: Task = {}): Promise<readonly string[]> {
    return usersOf(this.place, this.nameOf(id), task);
  }

  async explain(id: string, task: Task = {}): Promise<ModelDeckError | undefined> {
    const name = this.nameOf(id);
    const failure = await explainService(this.place, name, task);
    // A warning, or that nothing was found, makes no failed row of one that is starting.
    this.rows.explain(name, failure && isFailure(failure) ? sentences(failure) : undefined);
    return failure;
  }

  async endpoint(id: string, route?: RouteKind, task: Task = {}): Promise<Endpoint> {
    const service = await readService(this.place, this.nameOf(id), task);
    if (isGrpcOnly(service)) throw speaksGrpcAlone(service);
    return this.ways.endpoint(service, route, this.label, task);
  }

  dispose(): void {
    this.ways.closeAll();
    this.rows.close();
  }

  /** Remembers how it ended. */
  private async serving(name: string, work: () => Promise<Served>): Promise<Deployment> {
    this.rows.explain(name, undefined);
    try {
      const { service, unverified } = await work();
      return { ...this.rows.note(service), ...(unverified !== undefined && { unverified }) };
    } catch (error) {
      if (ModelDeckError.is(error) && error.category !== 'cancelled') this.rows.explain(name, sentences(error));
      throw error;
    }
  }

  private async reread(name: string): Promise<void> {
    const live = await readLive(this.place, name, {}).catch(() => undefined);
    this.rows.explain(name, undefined);
    if (live) this.rows.note(live);
    else this.rows.forget(name);
  }

  private nameOf(id: string): string {
    const ref = parseServiceRef(id);
    if (ref && formatNamespaceRef(ref) === this.id) return ref.name;
    throw new ModelDeckError('internal', `${id} is not a deployment of ${this.id}.`);
  }
}

function speaksGrpcAlone(service: InferenceService): ModelDeckError {
  const { protocolVersion = 'gRPC' } = servedModelOf(service) ?? {};
  return new ModelDeckError(
    'unsupported',
    `${service.metadata.name} speaks ${protocolVersion} alone; Model Deck asks by HTTP.`,
    {
      remedy: 'Deploy it with the protocol v1 or v2, or ask it by a gRPC client.',
    },
  );
}

function sentences({ message, remedy }: ModelDeckError): string {
  return [message, remedy].filter(Boolean).join(' ');
}
