import type { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { Endpoint } from '../../../inference/endpoint.ts';
import type { ServerEngine, TorchServeSearch } from '../../../local/index.ts';
import type { PackagedGraph } from '../../../packaging/index.ts';
import type { PackageContents } from '../../../packaging/kinds/packageKind.ts';
import type { StoredModel } from '../../../stores/modelStore.ts';

/** Something that computes on this computer. A next one is one file, and one line in the list of `chooseRuntime.ts`. */
export interface LocalRuntime {
  /** Kept in the list of deployments. */
  readonly id: string;
  /** For the reader, while it is not known which version serves. */
  readonly label: string;
  /** What its servers decode. */
  readonly imageEncoding: Endpoint['imageEncoding'];
  /** Largest request that its servers take, in bytes; TorchServe's when left out. */
  readonly maxRequestBytes?: number;
  /**
   * Whether it can serve a package here and now.
   * @throws ModelDeckError what looking for its programs throws
   */
  serves(model: LocalModel, tools: LocalTools, task: Task): Promise<LocalPlan | WhyNot>;
}

/** A stored model whose package was read. */
export interface LocalModel extends StoredModel {
  readonly contents: PackageContents;
  /** The ONNX graph that its package holds; undefined where it has none. */
  readonly onnxGraph: () => Promise<PackagedGraph | undefined>;
}

/** What a runtime may look for on this computer. */
export interface LocalTools {
  /** Where a Python with TorchServe may be; asked only when one is needed. */
  readonly torchServeSearch: () => Promise<TorchServeSearch>;
}

export interface LocalPlan {
  /** With its version, for the reader. */
  readonly runtime: string;
  /** Why this one; one sentence. */
  readonly reason: string;
  /** How its server is started. @param workFolder makes a folder for what the server writes, removed with the server */
  readonly engine: (workFolder: () => Promise<string>) => Promise<ServerEngine>;
}

/** Why it cannot. */
export interface WhyNot {
  readonly whyNot: ModelDeckError;
}
