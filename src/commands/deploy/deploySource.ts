import type { ModelArchive } from '../../packaging/kinds/torchserve/modelArchive.ts';
import type { ModelSpec } from '../../packaging/spec/modelSpec.ts';
import type { StoredModel } from '../../stores/modelStore.ts';

/** What is to be deployed: an archive on this computer, or a model that lies in a store. */
export interface DeploySource {
  readonly archive?: ModelArchive;
  readonly stored?: StoredModel;
  /** Of the model's folder, when it has one. */
  readonly specFile?: string;
  readonly spec?: ModelSpec;
}
