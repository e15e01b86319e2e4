import type { Task } from '../foundation/task.ts';

/** An ONNX graph within a package, for who runs it without the package's own server. */
export interface PackagedGraph {
  /** For messages: its path in the package. */
  readonly name: string;
  /** @throws ModelDeckError `not-found` for weights that the graph names and the package has not */
  readonly read: (task: Task) => Promise<GraphContent>;
}

export interface GraphContent {
  readonly graph: Uint8Array;
  /** Files beside it that hold weights, by the path that the graph names. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}
