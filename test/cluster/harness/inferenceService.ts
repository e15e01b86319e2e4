/** What a test wants of an InferenceService; all else is KServe's default. */
export interface InferenceServiceOrder {
  readonly namespace: string;
  readonly name: string;
  /** For example `pvc://models/cats`. */
  readonly storageUri: string;
  /** `pytorch` when left out. */
  readonly format?: string;
  readonly protocolVersion?: 'v1' | 'v2';
  /** Labels of the service, which become the pods'. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Fields of `spec.predictor`, as a nodeSelector. */
  readonly predictor?: object;
  /** Fields of `spec.predictor.model`, as resources or an image. */
  readonly model?: object;
}

/** The manifest, as JSON for `kubectl apply -f -`. */
export function inferenceService(order: InferenceServiceOrder): string {
  const { namespace, name, storageUri, format = 'pytorch', protocolVersion, labels, predictor, model } = order;
  return JSON.stringify({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { namespace, name, ...(labels === undefined ? {} : { labels }) },
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
