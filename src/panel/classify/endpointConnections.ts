import { abortable } from '../../foundation/abortable.ts';
import type { ModelContract } from '../../contract/modelContract.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type * as Inference from '../../inference/index.ts';
import type { Endpoint, EndpointClient, Exchange, Interpretation, ModelKnowledge } from '../../inference/index.ts';
import type { Deployment, Route, RouteKind, Routes, ServedModel, Target } from '../../targets/target.ts';
import type { RoutedResult } from './answerViews.ts';
import { longestLabel, mostModels, mostRoutes, type ConnectionView } from '../messages/classifyState.ts';
import { longestSentence } from '../messages/shownFailure.ts';
import type { EndpointCredentials } from './endpointCredentials.ts';
import { clip } from '../showFailure.ts';

export interface ConnectionsWork {
  readonly targetOf: (endpointId: string) => Target | undefined;
  readonly inference: () => Promise<typeof Inference>;
  readonly credentials: (endpointId: string) => Promise<EndpointCredentials>;
  /** Labels and preprocessing out of the package that a deployment serves, when it lies on this computer. */
  readonly packageOf: (model: ServedModel) => Promise<ModelKnowledge | undefined>;
  /** Called after each change of {@link EndpointConnections.view}. */
  readonly onChange: () => void;
  readonly onError: (doing: string, error: unknown) => void;
}

export interface Question {
  readonly image: Uint8Array;
  readonly k: number;
  readonly onWarmUp: (said?: string) => void;
  readonly onExchange?: (exchange: Exchange, route?: string) => void;
}

/** What is known of one endpoint, and the way to it while it is open. */
interface Entry {
  readonly id: string;
  routes: readonly Route[];
  /** The user's choice; the target's first route otherwise. */
  chosen?: RouteKind | undefined;
  opening?: Promise<Opened> | undefined;
  opened?: Opened | undefined;
  /** Aborted when the way is closed while it is being opened. */
  abort: AbortController;
  hasCredentials: boolean;
  /** Readings of its answers that the user confirmed. */
  readonly accepted: Set<Inference.AnswerOffer['kind']>;
  /** The model that they were confirmed for. */
  acceptedFor?: string | undefined;
  /** What the target says of the deployment, when the way was opened. */
  deploymentMark?: string | undefined;
}

interface Opened {
  readonly client: EndpointClient;
  readonly endpoint: Endpoint;
  readonly route?: Route;
  hasLookedForModels?: boolean;
}

/**
 * The ways from the panel to endpoints. Each is opened at the first question, with its connections, and kept until the
 * user disconnects, the panel goes, or it proves dead.
 */
export class EndpointConnections {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly work: ConnectionsWork) {}

  view(endpointId: string): ConnectionView {
    const { routes, chosen, opened, hasCredentials } = this.entry(endpointId);
    const route = opened?.route?.kind ?? chosen ?? firstAvailable(routes)?.kind;
    const models = opened?.client.knownModels.slice(0, mostModels) ?? [];
    const model = opened?.client.modelName;
    return {
      routes: routes.slice(0, mostRoutes).map(({ kind, label, unavailable }) => ({
        kind,
        label: clip(label, longestLabel),
        ...(unavailable !== undefined && { unavailable: clip(unavailable, longestSentence) }),
      })),
      ...(route !== undefined && { route }),
      isOpen: opened !== undefined,
      models: models.length > 1 ? models : [],
      ...(model !== undefined && model !== '' && { model: clip(model, longestLabel) }),
      hasCredentials,
    };
  }

  /** Finds out by which routes the endpoint can be reached, and whether there are credentials for it. */
  async look(endpointId: string): Promise<void> {
    const entry = this.entry(endpointId);
    const target = this.work.targetOf(endpointId);
    if (!target) return;
    const { signal } = entry.abort;
    const credentials = await this.work.credentials(endpointId);
    entry.hasCredentials = Object.keys(credentials).length > 0;
    entry.routes = (await target.routes?.of(endpointId, { signal })) ?? [];
    this.work.onChange();
  }

  /** @throws ModelDeckError what opening the way throws, or the question */
  async predict(endpointId: string, question: Question, signal: AbortSignal): Promise<RoutedResult> {
    const opened = await this.open(endpointId, signal);
    try {
      const { onExchange, ...asked } = question;
      const route = opened.route?.label;
      const heard = onExchange && { onExchange: (exchange: Exchange) => onExchange(exchange, route) };
      const result = await opened.client.predict({ ...asked, ...heard }, { signal });
      this.lookForModels(opened);
      const modelClasses = await classesOf(opened);
      return {
        ...result,
        ...(route !== undefined && { route }),
        ...(modelClasses !== undefined && { modelClasses }),
      };
    } catch (error) {
      // The next question opens the way again: the forward, the node or the pod behind this one is gone.
      if (ModelDeckError.is(error) && error.category === 'unreachable') this.forget(endpointId, opened);
      throw error;
    } finally {
      this.work.onChange();
    }
  }

  /** The endpoint as it was asked last, and what its model takes; for the snippets. */
  async described(endpointId: string): Promise<{ readonly endpoint: Endpoint; readonly input?: Inference.ModelInput }> {
    const { client } = await this.open(endpointId);
    const input = await client.knownInput();
    return { endpoint: client.askedEndpoint, ...(input && { input }) };
  }

  /** What is known of the model behind an endpoint; nothing where no package says it. */
  async contract(endpointId: string): Promise<ModelContract | undefined> {
    const { client } = await this.open(endpointId);
    return client.contract();
  }

  chooseRoute(endpointId: string, kind: string): void {
    const entry = this.entry(endpointId);
    const route = entry.routes.find((one) => one.kind === kind && one.unavailable === undefined);
    if (!route || entry.opened?.route?.kind === route.kind) return;
    this.disconnect(endpointId);
    entry.chosen = route.kind;
    this.work.onChange();
  }

  /** The user confirmed how the answers of an endpoint are to be read, as long as it is the same deployment. */
  acceptOffer(endpointId: string, offer: Inference.AnswerOffer['kind']): void {
    const entry = this.entry(endpointId);
    entry.accepted.add(offer);
    entry.acceptedFor = this.modelMark(endpointId);
    entry.opened?.client.accept(offer);
  }

  /** Says what an answer means now; nothing when the way to its endpoint is closed. Asks nobody. */
  async interpretation(
    endpointId: string,
    { answer, pictures }: Pick<RoutedResult, 'answer' | 'pictures'>,
  ): Promise<Interpretation | undefined> {
    return this.entry(endpointId).opened?.client.interpretation(answer, pictures);
  }

  chooseModel(endpointId: string, model: string): void {
    const { opened } = this.entry(endpointId);
    if (opened?.client.knownModels.includes(model)) opened.client.chooseModel(model);
    this.work.onChange();
  }

  /** Closes the way; the next question opens it again. */
  disconnect(endpointId: string): void {
    const entry = this.entries.get(endpointId);
    if (!entry) return;
    const { opened, opening } = entry;
    entry.abort.abort();
    entry.abort = new AbortController();
    entry.opened = entry.opening = undefined;
    opened?.client.close();
    if ((opened ?? opening) !== undefined) this.work.targetOf(endpointId)?.routes?.close(endpointId);
    this.work.onChange();
  }

  /** Asks with other credentials from now on. */
  async credentialsChanged(endpointId: string): Promise<void> {
    const entry = this.entries.get(endpointId);
    if (!entry) return;
    this.disconnect(endpointId);
    entry.hasCredentials = Object.keys(await this.work.credentials(endpointId)).length > 0;
    this.work.onChange();
  }

  /** The targets have changed: ways to what is another deployment now, or none, are not used again. */
  targetsChanged(): void {
    for (const entry of this.entries.values()) {
      if (entry.deploymentMark === undefined || entry.deploymentMark === this.deploymentMark(entry.id)) continue;
      entry.deploymentMark = undefined;
      if (entry.opened) this.forget(entry.id, entry.opened);
    }
  }

  dispose(): void {
    for (const id of this.entries.keys()) this.disconnect(id);
    this.entries.clear();
  }

  private async open(endpointId: string, signal?: AbortSignal): Promise<Opened> {
    const entry = this.entry(endpointId);
    const target = this.work.targetOf(endpointId);
    if (!target)
      throw new ModelDeckError('not-found', `There is no deployment ${endpointId}.`, {
        remedy: 'It was removed. Choose another endpoint.',
      });
    throwIfCancelled({ signal });
    const { routes } = target;
    if (!routes) return this.openOnly(entry, target, signal);
    if (entry.opened && (entry.opened.endpoint.freshUntil ?? Infinity) > Date.now()) return entry.opened;
    // Its token is about to expire; its connections end by themselves, others may still be waiting on them.
    entry.opened = undefined;
    // Not ended by the one who happened to come first: others wait for it, too.
    const opening = (entry.opening ??= this.openRoute(entry, { target, routes }, entry.abort.signal).finally(() => {
      if (entry.opening === opening) entry.opening = undefined;
    }));
    return abortable(opening, signal);
  }

  /** The one way to a server, which may start when it is asked for, at another address each time. */
  private async openOnly(entry: Entry, target: Target, signal: AbortSignal | undefined): Promise<Opened> {
    const endpoint = await target.endpoint(entry.id, undefined, { signal });
    if (entry.opened && JSON.stringify(entry.opened.endpoint) === JSON.stringify(endpoint)) return entry.opened;
    entry.opened = { client: await this.client(entry, endpoint, target), endpoint };
    return entry.opened;
  }

  private async openRoute(
    entry: Entry,
    { target, routes }: { readonly target: Target; readonly routes: Routes },
    signal: AbortSignal,
  ): Promise<Opened> {
    const { id } = entry;
    const deploymentMark = this.deploymentMark(id);
    entry.routes = await routes.of(id, { signal });
    const route = chosenRoute(entry);
    const found = await target.endpoint(id, route.kind, { signal });
    const credentials = await this.work.credentials(id);
    const endpoint = withCredentials(found, credentials);
    const client = await this.client(entry, endpoint, target);
    throwIfCancelled({ signal });
    entry.hasCredentials = Object.keys(credentials).length > 0;
    entry.deploymentMark = deploymentMark;
    entry.opened = { client, endpoint, route };
    this.work.onChange();
    return entry.opened;
  }

  private async client(entry: Entry, endpoint: Endpoint, { isRemote }: Target): Promise<EndpointClient> {
    const { EndpointClient } = await this.work.inference();
    const client = new EndpointClient(endpoint, { isRemote, ofThePackage: this.knowledgeOf(entry.id) });
    if (entry.acceptedFor !== this.modelMark(entry.id)) entry.accepted.clear();
    for (const offer of entry.accepted) client.accept(offer);
    return client;
  }

  /** So that the user can choose when there are several; a server that does not tell has nothing to choose. */
  private lookForModels(opened: Opened): void {
    if (!opened.route || opened.hasLookedForModels) return;
    opened.hasLookedForModels = true;
    opened.client.models().then(this.work.onChange, () => undefined);
  }

  /** Its connections end by themselves: others may still be waiting on them. */
  private forget(endpointId: string, opened: Opened): void {
    const entry = this.entry(endpointId);
    if (entry.opened !== opened) return;
    entry.opened = undefined;
    this.work.onChange();
    this.look(endpointId).catch((error: unknown) => this.work.onError('find the routes', error));
  }

  private deploymentMark(endpointId: string): string | undefined {
    const deployment = this.deployment(endpointId);
    return deployment && JSON.stringify(deployment);
  }

  private modelMark(endpointId: string): string {
    return JSON.stringify(this.deployment(endpointId)?.model ?? {});
  }

  /** Reads the package of the model that the deployment serves now, when it is asked for. */
  private knowledgeOf(endpointId: string): () => Promise<ModelKnowledge> {
    const model = this.deployment(endpointId)?.model;
    return async () => (model && (await this.work.packageOf(model))) ?? {};
  }

  private deployment(endpointId: string): Deployment | undefined {
    return this.work
      .targetOf(endpointId)
      ?.deployments()
      .find(({ id }) => id === endpointId);
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id) ?? {
      id,
      routes: [],
      abort: new AbortController(),
      hasCredentials: false,
      accepted: new Set(),
    };
    this.entries.set(id, entry);
    return entry;
  }
}

/** How many classes the model has, as its contract or its labels say. */
async function classesOf({ client, endpoint }: Opened): Promise<number | undefined> {
  const output = (await client.contract())?.output;
  return output?.classes ?? output?.labels?.length ?? endpoint.labels?.length;
}

function firstAvailable(routes: readonly Route[]): Route | undefined {
  return routes.find(({ unavailable }) => unavailable === undefined);
}

function chosenRoute({ routes, chosen }: Entry): Route {
  const route = chosen === undefined ? firstAvailable(routes) : routes.find(({ kind }) => kind === chosen);
  if (route?.unavailable === undefined && route) return route;
  const reasons = (route ? [route] : routes).map(({ label, unavailable }) => `${label}: ${unavailable ?? 'gone'}`);
  throw new ModelDeckError('unreachable', `There is no way to it now. ${reasons.join('; ')}`, {
    remedy: route ? 'Choose another route.' : 'Wait until it is ready, then try again.',
    nextStep: { kind: 'retry' },
  });
}

/** What the target sends goes before: on the way through the API server it is the cluster's own token. */
function withCredentials(endpoint: Endpoint, { ca, headers }: EndpointCredentials): Endpoint {
  return {
    ...endpoint,
    ...(headers && { headers: { ...headers, ...endpoint.headers } }),
    ...(ca !== undefined && endpoint.ca === undefined && { ca }),
  };
}
