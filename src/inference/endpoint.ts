/** An address that answers KServe's V1 or V2 protocol, and what must be known to talk to it. */
export interface Endpoint {
  /** The deployment's id. */
  readonly id: string;
  readonly label: string;
  readonly targetLabel: string;
  /** For example `http://127.0.0.1:43121`, without a trailing slash. */
  readonly baseUrl: string;
  /** The model's name in the URL. */
  readonly modelName: string;
  readonly protocol: 'v1' | 'v2';
  /** Sent with every request (Host, Authorization). Never logged, never shown. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest request body that the runtime takes, in bytes (TorchServe: 6 553 500). */
  readonly maxRequestBytes: number;
  /** What the runtime can decode without loss. TorchServe's handlers want three channels: RGB JPEG. */
  readonly imageEncoding: 'rgb-jpeg' | 'rgb-jpeg-or-png';
  /** Label of each class by index, when the target knows them and the runtime answers with bare numbers. */
  readonly labels?: readonly string[];
}

/** One class and its probability, 0..1. */
export interface Prediction {
  readonly label: string;
  readonly probability: number;
}

/** What one image came back as. */
export interface ImageResult {
  /** Sorted by falling probability; at most k. */
  readonly predictions: readonly Prediction[];
  /** How many classes the runtime answered with (TorchServe's image_classifier: 5, whatever k is). */
  readonly classCount: number;
  readonly timing: {
    /** Decode, resize for the limit, encode; milliseconds. */
    readonly prepareMs: number;
    /** From the first byte sent to the last byte read; milliseconds. */
    readonly requestMs: number;
  };
  readonly request: ExchangeRequest;
  readonly response: ExchangeResponse;
}

/** The request as it was sent, for display and for the snippets; without secret headers. */
export interface ExchangeRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly body: string;
}

export interface ExchangeResponse {
  readonly status: number;
  readonly body: string;
}
