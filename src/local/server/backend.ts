import type { InferenceInput, TensorMetadata } from '../../kserve/index.ts';

/** What computes the predictions of one served model, behind the routes of the local server. */
export interface Backend {
  /** As V2 metadata names it, for example `onnxruntime` or `torchserve`. */
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /**
   * The prediction of each input, in order: what V1 puts into `predictions` and V2 into an output's `data`.
   * @throws ModelDeckError `invalid-input` when an input is at fault (400), `server` when the model is (500)
   */
  predict(inputs: readonly InferenceInput[], signal: AbortSignal): Promise<readonly unknown[]>;
  close(): Promise<void>;
}
