/** A request as the paths are matched against, whatever listens. */
export interface Call {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Reads the body, decompressed; only called where one is wanted. */
  readonly body: () => Promise<Buffer>;
  /** The header Inference-Header-Content-Length: tensors follow the JSON. */
  readonly jsonLength?: number;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
  /** How many bytes of the body are JSON, when tensors follow it. */
  readonly jsonLength?: number;
}
