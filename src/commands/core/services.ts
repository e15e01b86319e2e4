import type * as deploy from '../../deploy/index.ts';
import type * as kserve from '../../kserve/index.ts';
import type * as packaging from '../../packaging/index.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Clusters } from '../../targets/kserve/clusters.ts';
import type { Targets } from '../../targets/targets.ts';
import type { RememberedNamespaces } from '../clusters/rememberedNamespaces.ts';

/** What the commands work with. Everything heavy comes by promise, so that it is loaded at its first use. */
export interface Services {
  readonly packaging: () => Promise<typeof packaging>;
  readonly deploy: () => Promise<typeof deploy>;
  readonly kserve: () => Promise<typeof kserve>;
  /** The kinds of targets, and the targets themselves by their ids. */
  readonly targets: Targets;
  readonly clusters: () => Promise<Clusters>;
  /** Namespaces that the user named, by context. */
  readonly namespaces: RememberedNamespaces;
  /** The kinds of model stores, and the stores themselves by their ids. */
  readonly stores: Stores;
}
