import type { ModelContract } from '../../contract/modelContract.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { Connections } from './connections.ts';
import { modelNames } from './discoverModels.ts';
import type { Endpoint, Exchange, ImageResult, ModelKnowledge } from '../endpoint.ts';
import type { HttpAnswer, HttpRequest } from './httpExchange.ts';
import { inferenceCall } from './inferenceCall.ts';
import { knownContract } from './knownContract.ts';
import type { InferenceCall } from './inferenceCall.ts';
import { ModelInputs } from './modelInputs.ts';
import { requestDialects } from './requests/index.ts';
import type { ModelInput, TensorInput } from './modelInput.ts';
import { exchangePatiently, usualPatience } from './answerPatience.ts';
import type { Patience } from './answerPatience.ts';
import { interpret } from '../answers/interpret.ts';
import { modelAnswer } from '../answers/modelAnswer.ts';
import type { AnswerOffer, Interpretation, ModelAnswer } from '../answers/answer.ts';
import { shownHeaders, withoutSecrets } from './secrets.ts';
import { shownAnswer, shownRequest } from './shownBody.ts';
import { isRefusal, statusError } from './statusError.ts';

export interface ClientOptions {
  /**
   * Reached by a route into a cluster: the service may have to start first, and what its model takes is asked for. A
   * server of this computer is known and runs.
   */
  readonly isRemote?: boolean;
  readonly patience?: Patience;
  /** Asked once, where the endpoint does not say it and the runtime wants a tensor or answers with bare numbers. */
  readonly ofThePackage?: () => Promise<ModelKnowledge>;
}

export interface ImageQuestion {
  /** An image file's bytes, in any format that `decodeImage` reads. */
  readonly image: Uint8Array;
  /** How many predictions are wanted, 1 or more. */
  readonly k: number;
  /** Milliseconds for the server's answer; when left out TorchServe's own limit, or 10 minutes for a service that may have to start. */
  readonly timeoutMs?: number;
  /** Called when a remote service takes long, or says that it is not ready, with its words. */
  readonly onWarmUp?: (said?: string) => void;
  /** Called with each answer that came, before it is read: also with one that means an error, or nothing. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** `default_response_timeout` of TorchServe: it gives up by itself after that. */
const usualTimeoutMs = 120_000;
/** What a service gets that may be at zero replicas: a node may have to come up, and an image of gigabytes to be pulled. */
const startTimeoutMs = 600_000;
/** How long after an answer a service is known to run. Knative takes a service to zero after at least a minute without requests. */
const warmMs = 60_000;
/** Milliseconds for questions about the model. */
const questionMs = 30_000;

/**
 * Talks to one endpoint by one route: keeps the connections, the name of the model and what it takes.
 * Ended by {@link close}.
 */
export class EndpointClient {
  private readonly connections: Connections;
  private readonly patience: Patience;
  private readonly isRemote: boolean;
  private chosenModel: string | undefined;
  private names: readonly string[] | undefined;
  private discovery: Promise<readonly string[]> | undefined;
  private readonly inputs = new ModelInputs();
  /** Those that wait for an answer now. */
  private readonly waiting = new Set<ImageQuestion>();
  /** The way in which each model was found to take a picture, by its name. */
  private readonly dialects = new Map<string, string>();
  private readonly accepted = new Set<AnswerOffer['kind']>();
  private answeredAt = -Infinity;
  private readonly ofThePackage: () => Promise<ModelKnowledge>;
  private package: Promise<ModelKnowledge> | undefined;

  constructor(
    readonly endpoint: Endpoint,
    { isRemote = false, patience = usualPatience, ofThePackage = () => Promise.resolve({}) }: ClientOptions = {},
  ) {
    this.ofThePackage = ofThePackage;
    this.connections = new Connections(endpoint.ca);
    this.isRemote = isRemote;
    this.patience = patience;
  }

  /** The model that is asked; empty until it is known. */
  get modelName(): string {
    return this.chosenModel ?? this.endpoint.modelName;
  }

  /** What the server was found to have; nothing before it was asked. */
  get knownModels(): readonly string[] {
    return this.names ?? [];
  }

  chooseModel(name: string): void {
    this.chosenModel = name;
  }

  /** Asks the server what it has. @throws ModelDeckError as `discoverModels` does */
  async models(task?: Task): Promise<readonly string[]> {
    this.names = await sharedWork(task, () => {
      this.discovery ??= modelNames(
        this.endpoint,
        (method, path) => {
          const body = method === 'POST' && { body: '{}' };
          return this.exchange({ method, url: this.endpoint.baseUrl + path, ...body }, this.everyone(), task);
        },
        task,
      ).finally(() => (this.discovery = undefined));
      return this.discovery;
    });
    return this.names;
  }

  /** What the model takes, when that is known. */
  async knownInput(): Promise<ModelInput | undefined> {
    return this.inputs.of(this.modelName)?.catch(() => undefined);
  }

  /**
   * Classifies one image: finds out what the model is called and takes, prepares the image, asks, and reads the answer.
   * @throws ModelDeckError `invalid-input` (a broken image, or too large for the server), `unreachable`, `timeout`, `unauthorized`,
   *   `forbidden`, `not-found` (no such model), `unsupported` (the model takes no image), `server` (with the server's own words), `cancelled`
   */
  async predict(question: ImageQuestion, task?: Task): Promise<ImageResult> {
    this.waiting.add(question);
    try {
      if (this.modelName === '') await this.discover(task);
      return await this.askByRightName(question, task);
    } finally {
      this.waiting.delete(question);
    }
  }

  /** Ends all connections. */
  close(): void {
    this.connections.close();
  }

  /** The name may be the target's guess, and then the server knows better. */
  private async askByRightName(question: ImageQuestion, task: Task | undefined): Promise<ImageResult> {
    const guess = this.modelName;
    try {
      return await this.ask(question, task);
    } catch (error) {
      if (!this.isRemote || this.names?.includes(guess) === true || !isMissing(error)) throw error;
      await this.discover(task);
      if (this.modelName === guess) throw error;
    }
    return this.ask(question, task);
  }

  private async ask(question: ImageQuestion, task: Task | undefined): Promise<ImageResult> {
    const endpoint = this.askedEndpoint;
    const input = await this.modelInput(endpoint, task);
    const started = performance.now();
    const call = await inferenceCall(endpoint, input, question.image, task);
    const sent = performance.now();
    const asked =
      input.kind === 'tensor'
        ? await this.askWithTensor(endpoint, input, call, question, task)
        : await this.askInDialects(endpoint, call, question, task);
    const answered = performance.now();
    const { answer, exchange } = asked;
    if (answer.status !== 200 || isRefusal(answer)) throw statusError(endpoint, answer, call.body.length);
    const came = modelAnswer(answer.body, endpoint.protocol);
    const sendingNotes = [...call.notes, ...asked.notes];
    const { pictures } = call;
    const { values, notes, ...meaning } = await this.interpretation(came, pictures);
    return {
      ...exchange,
      ...meaning,
      answer: came,
      ...(pictures !== undefined && { pictures }),
      predictions: values.slice(0, question.k),
      classCount: values.length,
      notes: [...sendingNotes, ...notes],
      sendingNotes,
      timing: { prepareMs: sent - started, requestMs: answered - sent },
    };
  }

  /** The endpoint as it is asked now, with what was found out about it. */
  get askedEndpoint(): Endpoint {
    const dialect = this.dialects.get(this.modelName);
    return { ...this.endpoint, modelName: this.modelName, ...(dialect !== undefined && { requestDialect: dialect }) };
  }

  /**
   * V1 does not say how a picture is written: of a server that nobody knows, and that cannot read the usual way, the others are
   * tried once. The one that is answered is kept; where none is, the answer to the usual one counts.
   */
  private async askInDialects(
    endpoint: Endpoint,
    call: InferenceCall,
    question: ImageQuestion,
    task: Task | undefined,
  ): Promise<Asked> {
    const first = await this.askOnce(endpoint, call, question, task);
    const isOpen = this.isRemote && endpoint.protocol === 'v1' && endpoint.requestDialect === undefined;
    const { status } = first.answer;
    if (status === 200 && isOpen) this.dialects.set(endpoint.modelName, requestDialects[0].name);
    if (!isOpen || !isUnread(first.answer)) return first;
    for (const { name, label } of requestDialects.slice(1)) {
      const again = await inferenceCall(
        { ...endpoint, requestDialect: name },
        { kind: 'encoded' },
        question.image,
        task,
      );
      const other = await this.askOnce(endpoint, again, question, task);
      if (other.answer.status !== 200) continue;
      this.dialects.set(endpoint.modelName, name);
      return { ...other, notes: [`The server did not read the usual request; it was asked as ${label}.`] };
    }
    question.onExchange?.(first.exchange);
    return first;
  }

  /** A server that cannot read a tensor as bytes, though it was thought to, is asked once more with numbers. */
  private async askWithTensor(
    endpoint: Endpoint,
    input: TensorInput,
    call: InferenceCall,
    question: ImageQuestion,
    task: Task | undefined,
  ): Promise<Asked> {
    const first = await this.askOnce(endpoint, call, question, task);
    if (input.asBytes !== true || !isUnread(first.answer)) return first;
    const plain = { ...input, asBytes: false };
    const again = await inferenceCall(endpoint, plain, question.image, task);
    if (again.jsonLength !== undefined) return first;
    const other = await this.askOnce(endpoint, again, question, task);
    if (other.answer.status !== 200) return other;
    this.inputs.sendNumbers(endpoint.modelName, plain);
    return other;
  }

  private async askOnce(
    endpoint: Endpoint,
    call: InferenceCall,
    question: ImageQuestion,
    task: Task | undefined,
  ): Promise<Asked> {
    const { url, body, jsonLength } = call;
    const length = jsonLength !== undefined && { jsonLength };
    const answer = await unlessDamaged(call, task, (whileSound) =>
      this.exchange({ method: 'POST', url, body, ...length }, question, whileSound),
    );
    const exchange: Exchange = {
      request: { method: 'POST', url, headers: shownHeaders(endpoint), body: shownRequest(body, jsonLength) },
      response: { status: answer.status, body: shownAnswer(answer.body) },
    };
    question.onExchange?.(exchange);
    return { answer, exchange, notes: [] };
  }

  /** The user confirmed a reading that an answer's `offers` had: it holds for every answer from now on. */
  accept(offer: AnswerOffer['kind']): void {
    this.accepted.add(offer);
  }

  /** What is known of the model; nothing where neither the endpoint nor a package says it. */
  async contract(): Promise<ModelContract | undefined> {
    return knownContract(this.endpoint) ?? knownContract(await this.knowledge());
  }

  /**
   * What an answer means by all that is known now, offers included that were accepted after it came. Asks nobody.
   * @param pictures how many went out together, where that is known
   */
  async interpretation(answer: ModelAnswer, pictures?: number): Promise<Interpretation> {
    const { labels } = this.endpoint;
    const { accepted } = this;
    const contract = knownContract(this.endpoint);
    const asked = { accepted, pictures };
    if (contract) return interpret(answer, { ...asked, contract, labels: labels ?? (await this.knowledge()).labels });
    const known = await this.knowledge();
    return interpret(answer, { ...asked, contract: knownContract(known), labels: labels ?? known.labels });
  }

  private knowledge(): Promise<ModelKnowledge> {
    return (this.package ??= this.ofThePackage());
  }

  /** Found out once for each model; servers that say nothing about their models are sent the image file. */
  private async modelInput(endpoint: Endpoint, task: Task | undefined): Promise<ModelInput> {
    if (!this.isRemote || endpoint.protocol === 'v1') return { kind: 'encoded' };
    return sharedWork(task, () =>
      this.inputs.read(
        endpoint,
        (path) => this.exchange({ method: 'GET', url: endpoint.baseUrl + path }, this.everyone(), task),
        () => this.contract(),
      ),
    );
  }

  /** @throws ModelDeckError `not-found` when the server has several, and none is chosen */
  private async discover(task: Task | undefined): Promise<void> {
    const names = await this.models(task);
    if (names.includes(this.modelName)) return;
    const [only, ...others] = names;
    if (only === undefined || others.length > 0) throw severalModels(this.endpoint, names);
    this.chosenModel = only;
  }

  /** For what is asked once on behalf of all. */
  private everyone(): Pick<ImageQuestion, 'onWarmUp'> {
    return { onWarmUp: (said) => this.waiting.forEach(({ onWarmUp }) => onWarmUp?.(said)) };
  }

  private async exchange(
    request: Pick<HttpRequest, 'method' | 'url' | 'body' | 'jsonLength'>,
    { timeoutMs, onWarmUp }: Pick<ImageQuestion, 'timeoutMs' | 'onWarmUp'>,
    task: Task | undefined,
  ): Promise<HttpAnswer> {
    const { id: endpointId, headers = {} } = this.endpoint;
    const isWarm = !this.isRemote || performance.now() - this.answeredAt < warmMs;
    const usual = request.method === 'POST' ? usualTimeoutMs : questionMs;
    const asked = { endpointId, ...request, headers, timeoutMs: timeoutMs ?? (isWarm ? usual : startTimeoutMs) };
    const answer = this.isRemote
      ? await exchangePatiently(
          {
            request: asked,
            exchange: (one, patient) => this.connections.exchange(one, patient),
            patience: this.patience,
            onWarmUp: (said) => onWarmUp?.(said && withoutSecrets(said, this.endpoint)),
          },
          task,
        )
      : await this.connections.exchange(asked, task);
    if (answer.status < 500) this.answeredAt = performance.now();
    return { ...answer, body: withoutSecrets(answer.body, this.endpoint) };
  }
}

/** A question as it was asked, and its answer. */
interface Asked {
  readonly answer: HttpAnswer;
  readonly exchange: Exchange;
  readonly notes: readonly string[];
}

/** Whether the server could not read the request: with 400 or 422, or, as KServe's models do, with 500 and the missing key. */
function isUnread({ status, body }: HttpAnswer): boolean {
  return (
    status === 400 || status === 415 || status === 422 || (status === 500 && /\bKeyError\b/.test(body.slice(0, 10_000)))
  );
}

/** Ends the request as soon as its image turns out to be damaged; then that is the error, whatever the server said. */
async function unlessDamaged(
  { checked }: InferenceCall,
  task: Task | undefined,
  exchange: (task: Task) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const damaged = new AbortController();
  checked?.catch(() => damaged.abort());
  const signal = AbortSignal.any([damaged.signal, ...(task?.signal ? [task.signal] : [])]);
  try {
    return await exchange({ signal });
  } finally {
    if (!task?.signal?.aborted) await checked;
  }
}

/** Waits for work that another task may have begun; when that one was cancelled, the work is begun again for this one. */
async function sharedWork<T>(task: Task | undefined, work: () => Promise<T>): Promise<T> {
  for (;;) {
    throwIfCancelled(task);
    try {
      return await work();
    } catch (error) {
      const isCancelled = ModelDeckError.is(error) && error.category === 'cancelled';
      if (!isCancelled || task?.signal?.aborted) throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return ModelDeckError.is(error) && error.category === 'not-found';
}

function severalModels({ baseUrl }: Endpoint, names: readonly string[]): ModelDeckError {
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  return new ModelDeckError('not-found', `${baseUrl} serves ${names.length} models: ${shown}.`, {
    remedy: 'Choose the model, then try again.',
  });
}
