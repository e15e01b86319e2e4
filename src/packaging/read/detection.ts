import type { FileLocation } from '../../foundation/error.ts';
import type { ModelSpec } from '../spec/modelSpec.ts';

/** What a weights file holds, found by reading it, never by running it. */
export type WeightsKind =
  | 'eager-state-dict'
  | 'checkpoint' // a dict of training with the state_dict inside
  | 'torchscript'
  | 'pickled-module' // whole module by torch.save(model): needs its own code to load; refused
  | 'hostile-pickle' // names a callable that runs programs or code; refused
  | 'onnx'
  | 'safetensors'
  | 'mar'
  | 'keras' // .h5, .keras
  | 'other-format' // TFLite, OpenVINO, SavedModel …: named with the way on
  | 'unreadable' // cut off, empty, or not what its ending says
  | 'unknown';

export interface DetectedWeights {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly kind: WeightsKind;
  /** Bytes. */
  readonly size: number;
  /** One sentence for the user: what it is, and, if it cannot be packaged, why and what is missing. */
  readonly explanation: string;
  /** For a hostile or whole-module pickle: the global it names, for example `posix.system`. */
  readonly global?: string;
  /** For ONNX: the graph's first input and output. A dimension is a number, or the name of a free one. */
  readonly onnx?: { readonly input: TensorInfo; readonly output: TensorInfo; readonly opset: number };
}

export interface TensorInfo {
  readonly name: string;
  /** A dimension is a number, or the name of a free one. Empty where the graph does not tell. */
  readonly shape: readonly (number | string)[];
  /** Element type, for example `float32`, `uint8`, `string`; `sequence` or `map` for what is no tensor. */
  readonly type?: string;
}

/** What a folder holds, and the spec that we would write for it. */
export interface Detection {
  readonly folder: string;
  readonly weights: readonly DetectedWeights[];
  /** The spec pre-filled for the wizard; missing where nothing in the folder can be packaged. */
  readonly suggestion?: ModelSpec;
  /** The spec for each weights file that can be packaged, by its path; `suggestion` is the first of them. */
  readonly suggestions: Readonly<Record<string, Suggestion>>;
  /** What was not looked at, in a sentence; missing where everything was. */
  readonly limit?: string;
  /** An existing `model-deck.yaml`, by its absolute path. */
  readonly specFile?: string;
  /** Other files by the part that they can play, relative with `/`, best candidate first. */
  readonly candidates: {
    readonly modelFiles: readonly string[];
    readonly handlers: readonly string[];
    readonly labels: readonly string[];
    readonly requirements: readonly string[];
    readonly configFiles: readonly string[];
  };
}

/** The spec that fits one weights file of a folder. */
export interface Suggestion {
  readonly spec: ModelSpec;
  /** Files that contradict each other about this model. */
  readonly findings: readonly Finding[];
}

/** One thing that a pre-flight check found. Rendered as a VS Code diagnostic where `location` is given. */
export interface Finding {
  /** Stable, kebab-case, documented in the README: `two-classes-in-model-file`. */
  readonly code: string;
  /** An `error` stops packaging; a `warning` does not. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly remedy: string;
  /** What TorchServe or KServe would have said, later. */
  readonly laterMessage?: string;
  readonly location?: FileLocation & { readonly endLine?: number; readonly endColumn?: number };
  /** Changes of the file at `location` that would put it right, the likeliest first. */
  readonly fixes?: readonly TextFix[];
}

/** A change of one line. */
export interface TextFix {
  /** As the button says it: `Write "weights"`. */
  readonly title: string;
  /** Zero-based. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly text: string;
}
