import type * as ort from 'onnxruntime-common';

/** ONNX Runtime's interface, which all of its builds share. */
export type Runtime = Pick<typeof ort, 'InferenceSession' | 'Tensor'>;

/** A build of ONNX Runtime. Registered in `index.ts`; the first that can be loaded computes. */
export interface OnnxEngine {
  /** For tests, for example `native`. */
  readonly id: string;
  /** For the reader: log, plan and tooltips. */
  readonly label: string;
  readonly sessionOptions: (threads: number) => ort.InferenceSession.SessionOptions;
  /** How a file of weights is to be given that the graph names so. */
  readonly externalPath: (location: string) => string;
  /** @throws whatever the library throws that is not there, or not for this computer */
  readonly load: (threads: number) => Promise<Runtime>;
}

/** An engine whose library is loaded. */
export interface LoadedEngine extends Pick<OnnxEngine, 'id' | 'label' | 'sessionOptions' | 'externalPath'> {
  readonly runtime: Runtime;
  readonly threads: number;
}
