import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import type { Task } from '../../foundation/task.ts';
import type { ClaimPlace, UploadResources } from './claimPlace.ts';
import type { Pace } from './pace.ts';

/** What every upload pod of a claim is made with. */
export interface UploadPodOptions {
  readonly connection: ClusterConnection;
  readonly place: ClaimPlace;
  /** Asked each time a pod is made. */
  readonly image: (task: Task) => Promise<string>;
  readonly resources?: UploadResources | undefined;
  readonly pace: Pace;
}

/** What an upload pod is wanted for. */
export interface UploadPodUse {
  /** Whether the claim will be written to. */
  readonly writes: boolean;
  /** Bytes that will be sent, for the time that the pod is given. */
  readonly bytes?: number;
}
