import { isRecord } from '../foundation/json.ts';
import type { InferenceService, Predictor, PredictorModel } from './resources/inferenceService.ts';

/**
 * Fields of a predictor by which manifests of old named the framework instead of `model` (KServe v0.20, `predictor.go`).
 * KServe's webhook makes a `model` of them; where it was not there, or is of an old version, they stay.
 */
export const frameworkFields: readonly string[] = [
  ...['sklearn', 'xgboost', 'tensorflow', 'pytorch', 'triton', 'onnx', 'huggingface', 'pmml', 'lightgbm', 'paddle'],
];

/** The model of a predictor, also of one that names the framework; undefined for containers of one's own. */
export function servedModelOf({ spec }: Pick<InferenceService, 'spec'>): PredictorModel | undefined {
  return modelOf(spec.predictor);
}

/** The service as KServe's webhook would have written it, for whoever looks at `spec.predictor.model`. */
export function withServedModel(service: InferenceService): InferenceService {
  const { predictor } = service.spec;
  const model = modelOf(predictor);
  if (model === undefined || model === predictor.model) return service;
  return { ...service, spec: { ...service.spec, predictor: { ...predictor, model } } };
}

function modelOf(predictor: Predictor): PredictorModel | undefined {
  if (predictor.model) return predictor.model;
  const framework = frameworkFields.find((field) => isRecord(predictor[field]));
  if (framework === undefined) return undefined;
  const fields = predictor[framework] as Readonly<Record<string, unknown>>;
  return { modelFormat: { name: framework }, ...fields };
}

/** Whether a service answers by gRPC alone, which no picture can be sent by from here. */
export function isGrpcOnly(service: Pick<InferenceService, 'spec'>): boolean {
  return servedModelOf(service)?.protocolVersion?.startsWith('grpc') === true;
}
