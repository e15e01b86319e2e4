import type * as deploy from '../deploy/index.ts';
import type * as packaging from '../packaging/index.ts';
import type { ModelStore } from '../stores/modelStore.ts';
import type { Target } from '../targets/target.ts';

/** What the commands work with. Everything heavy comes by promise, so that it is loaded at its first use. */
export interface Services {
  readonly packaging: () => Promise<typeof packaging>;
  readonly deploy: () => Promise<typeof deploy>;
  readonly thisComputer: () => Promise<Target>;
  readonly localStore: () => Promise<{ readonly store: ModelStore; readonly folder: string }>;
}
