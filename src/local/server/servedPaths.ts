import {
  errorBody,
  modelMissingMessage,
  modelNotReadyMessage,
  modelVersionMissingMessage,
  parseV1Request,
  serverNotReadyMessage,
  v1AnswerOfTexts,
  v1ModelList,
  v1ModelReadiness,
  v2ModelMetadata,
  v2ModelReadiness,
  v2ServerLive,
  v2ServerMetadata,
  v2ServerReady,
} from '../../kserve/index.ts';
import type { Backend } from './backend.ts';
import type { Answer, Call } from './call.ts';
import { infer } from './v2Infer.ts';

/** The one model that a server has; the backend is there when it is loaded. */
export interface ServedBackend {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly backend: Backend | undefined;
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
  if (fixed !== undefined) return call.method === 'GET' ? fixed : notAllowed;
  const v1 = /^\/v1\/models\/([^/:]+)(:predict)?$/.exec(call.path);
  const v2 = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(infer|ready))?$/.exec(call.path);
  const [, encodedName] = v1 ?? v2 ?? [];
  if (encodedName === undefined) return notFound;
  const name = decoded(encodedName);
  const version = decoded(v2?.[2] ?? encodeURIComponent(served.modelVersion));
  if (name !== served.modelName) return { status: 404, body: errorBody(modelMissingMessage(name)) };
  if (version !== served.modelVersion) {
    return { status: 404, body: errorBody(modelVersionMissingMessage(name, version, served.modelVersion)) };
  }
  const verb = v1 ? v1[2] : v2?.[3];
  const predicts = verb === ':predict' || verb === 'infer';
  if (call.method !== (predicts ? 'POST' : 'GET')) return notAllowed;
  if (predicts) return predict(served, call, v1 ? 'v1' : 'v2');
  return v1 || verb === 'ready' ? readiness(served, v1 ? 'v1' : 'v2') : modelMetadata(served);
}

/** As KServe's server: 200 with `ready`, 503 with an error. */
function readiness({ modelName, backend }: ServedBackend, protocol: 'v1' | 'v2'): Answer {
  if (!backend) return { status: 503, body: errorBody(modelNotReadyMessage(modelName)) };
  const words = protocol === 'v1' ? v1ModelReadiness : v2ModelReadiness;
  return { status: 200, body: words(modelName, true) };
}

function modelMetadata({ modelName: name, modelVersion, backend }: ServedBackend): Answer {
  if (!backend) return { status: 503, body: errorBody(modelNotReadyMessage(name)) };
  const { platform, inputs, outputs } = backend;
  return { status: 200, body: v2ModelMetadata({ name, versions: [modelVersion], platform, inputs, outputs }) };
}

function fixedAnswer({ modelName, modelVersion, backend }: ServedBackend, path: string): Answer | undefined {
  const ok = (body: string): Answer => ({ status: 200, body });
  switch (path.length > 1 ? path.replace(/\/$/, '') : path) {
    case '/':
      return ok('{"status":"alive"}');
    case '/v1/models':
    case '/v2/models':
      return ok(v1ModelList([modelName]));
    case '/v2':
      return ok(v2ServerMetadata('model-deck', modelVersion, ['binary_tensor_data', 'classification']));
    case '/v2/health/live':
      return ok(v2ServerLive(true));
    case '/v2/health/ready':
      return backend ? ok(v2ServerReady(true)) : { status: 503, body: errorBody(serverNotReadyMessage) };
    default:
      return undefined;
  }
}

async function predict(served: ServedBackend, call: Call, protocol: 'v1' | 'v2'): Promise<Answer> {
  const { backend, modelName } = served;
  if (!backend) return { status: 503, body: errorBody(modelNotReadyMessage(modelName)) };
  const body = await call.body();
  if (protocol === 'v2') return infer({ ...served, backend }, body, call);
  const predictions = await backend.predict(parseV1Request(body.toString('utf8')), call.signal);
  return { status: 200, body: v1AnswerOfTexts(predictions) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
