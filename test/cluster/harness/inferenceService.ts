/** What a test wants of an InferenceService; all else is KServe's default. */
export interface InferenceServiceOrder {
  readonly namespace: string;
  readonly name: string;
  /** For example `pvc://models/cats`. */
  readonly storageUri: string;
  /** `pytorch` when left out. */
  readonly format?: string;
  readonly protocolVersion?: 'v1' | 'v2';
  /** Fields of `spec.predictor`, as a nodeSelector. */
  readonly predictor?: object;
  /** Fields of `spec.predictor.model`, as resources or an image. */
  readonly model?: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The manifest, as JSON for `kubectl apply -f -`. */
export function inferenceService(order: InferenceServiceOrder): string {
  const { namespace, name, storageUri, format = 'pytorch', protocolVersion, predictor, model, annotations } = order;
  return JSON.stringify({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { namespace, name, ...(annotations && { annotations }) },
    spec: {
      predictor: {
        ...predictor,
        model: {
          modelFormat: { name: format },
          storageUri,
          ...(protocolVersion === undefined ? {} : { protocolVersion }),
          ...model,
        },
      },
    },
  });
}

/** The manifest of an InferenceService whose container is just there, so that it is ready quickly. */
export function idleService(
  namespace: string,
  name: string,
  { image = 'example.com/idle:1', annotations = {} }: { image?: string; annotations?: Record<string, string> } = {},
): string {
  const container = { name: 'kserve-container', image, ports: [{ containerPort: 8080, protocol: 'TCP' }] };
  return JSON.stringify({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { namespace, name, annotations },
    spec: { predictor: { containers: [container] } },
  });
}
