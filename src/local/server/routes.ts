import {
  errorBody,
  modelMissingMessage,
  modelNotReadyMessage,
  parseV1Request,
  parseV2Request,
  v1Answer,
  v1ModelList,
  v1ModelReadiness,
  v2Answer,
  v2ModelMetadata,
  v2ModelReadiness,
  v2ServerLive,
  v2ServerMetadata,
  v2ServerReady,
} from '../../kserve/index.ts';
import type { Backend } from './backend.ts';

/** The one model that a server has; the backend is there when it is loaded. */
export interface ServedBackend {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly backend: Backend | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Call {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Reads the body; only called where one is wanted. */
  readonly body: () => Promise<string>;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

/** FastAPI's words, which KServe's server gives for a path or a method that it has not. */
const notFound: Answer = { status: 404, body: '{"detail":"Not Found"}' };
const notAllowed: Answer = { status: 405, body: '{"detail":"Method Not Allowed"}' };

/**
 * Answers KServe's V1 and V2 paths: liveness, readiness, metadata, prediction.
 * @throws ModelDeckError what the request's reading or the backend throws
 */
export async function answer(served: ServedBackend, call: Call): Promise<Answer> {
  const fixed = fixedAnswer(served, call.path);
  if (fixed !== undefined) return call.method === 'GET' ? { status: 200, body: fixed } : notAllowed;
  const v1 = /^\/v1\/models\/([^/:]+)(:predict)?$/.exec(call.path);
  const v2 = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(infer|ready))?$/.exec(call.path);
  const [, encodedName] = v1 ?? v2 ?? [];
  if (encodedName === undefined) return notFound;
  const name = decoded(encodedName);
  const version = decoded(v2?.[2] ?? encodeURIComponent(served.modelVersion));
  if (name !== served.modelName || version !== served.modelVersion) {
    return { status: 404, body: errorBody(modelMissingMessage(name)) };
  }
  const verb = v1 ? v1[2] : v2?.[3];
  const predicts = verb === ':predict' || verb === 'infer';
  if (call.method !== (predicts ? 'POST' : 'GET')) return notAllowed;
  if (predicts) return predict(served, call, v1 ? 'v1' : 'v2');
  return v1 || verb === 'ready' ? readiness(served, v1 ? 'v1' : 'v2') : modelMetadata(served);
}

function readiness({ modelName, backend }: ServedBackend, protocol: 'v1' | 'v2'): Answer {
  const words = protocol === 'v1' ? v1ModelReadiness : v2ModelReadiness;
  return { status: backend ? 200 : 503, body: words(modelName, backend !== undefined) };
}

function modelMetadata({ modelName: name, modelVersion, backend }: ServedBackend): Answer {
  if (!backend) return { status: 503, body: errorBody(modelNotReadyMessage(name)) };
  const { platform, inputs, outputs } = backend;
  return { status: 200, body: v2ModelMetadata({ name, versions: [modelVersion], platform, inputs, outputs }) };
}

function fixedAnswer(served: ServedBackend, path: string): string | undefined {
  switch (path) {
    case '/':
      return '{"status":"alive"}';
    case '/v1/models':
      return v1ModelList([served.modelName]);
    case '/v2':
      return v2ServerMetadata('model-deck', served.modelVersion);
    case '/v2/health/live':
      return v2ServerLive(true);
    case '/v2/health/ready':
      return v2ServerReady(served.backend !== undefined);
    default:
      return undefined;
  }
}

async function predict(
  { backend, modelName, modelVersion }: ServedBackend,
  call: Call,
  protocol: 'v1' | 'v2',
): Promise<Answer> {
  if (!backend) return { status: 503, body: errorBody(modelNotReadyMessage(modelName)) };
  const text = await call.body();
  if (protocol === 'v1') {
    const { inputs } = parseV1Request(text);
    return { status: 200, body: v1Answer(await backend.predict(inputs, call.signal)) };
  }
  const { id, inputs, inputNames } = parseV2Request(text);
  const predictions = await backend.predict(inputs, call.signal);
  return {
    status: 200,
    body: v2Answer({ ...(id !== undefined && { id }), modelName, modelVersion, inputNames, predictions }),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
