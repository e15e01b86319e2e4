import type { ModelPackage } from '../../packaging/modelPackage.ts';
import type { ModelSpec } from '../../packaging/spec/modelSpec.ts';
import type { PreparedFolder } from '../package/packageFolder.ts';
import type { StoredModel } from '../../stores/modelStore.ts';

/** What is to be deployed: a package on this computer, or a model that lies in a store. */
export interface DeploySource {
  readonly modelPackage?: ModelPackage;
  readonly stored?: StoredModel;
  /** A folder that is packaged once it is known for what server. */
  readonly prepared?: PreparedFolder;
  /** Of the model's folder, when it has one. */
  readonly specFile?: string;
  readonly spec?: ModelSpec;
}
