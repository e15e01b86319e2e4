import type { AnswerTensor, InferenceInput, TensorMetadata, V2Input } from '../../kserve/index.ts';

/** What computes the answers of one served model, behind the routes of the local server. */
export interface Backend {
  /** As V2 metadata names it, for example `onnxruntime` or `torchserve`. */
  readonly platform: string;
  /** What V2 takes and gives, as its metadata says: every answer of {@link Backend.infer} has exactly these outputs. */
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /** Label of each class, for Triton's classification extension. */
  readonly labels?: readonly string[] | undefined;
  /**
   * The prediction of each instance of V1, in order, as JSON texts: see `prediction.ts`.
   * @throws ModelDeckError `invalid-input` when an instance is at fault (400), `server` when the model is (500)
   */
  predict(instances: readonly InferenceInput[], signal: AbortSignal): Promise<readonly string[]>;
  /** The outputs for the inputs of V2. @throws ModelDeckError as {@link Backend.predict} */
  infer(inputs: readonly V2Input[], signal: AbortSignal): Promise<readonly AnswerTensor[]>;
  close(): Promise<void>;
}
