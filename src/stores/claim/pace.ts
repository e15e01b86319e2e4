/** How patient an upload is, in milliseconds if not said otherwise. Tests hurry it. */
export interface Pace {
  /** Between looks at a pod that starts, or at a version that another one writes. */
  readonly look: number;
  /** After which a pod that says nothing about itself is given up. */
  readonly podStart: number;
  /** Factor of the time that a pod's trouble may last before it counts. */
  readonly trouble: number;
  /** Before the first and at most before any further attempt to continue. */
  readonly firstRetry: number;
  readonly longestRetry: number;
  /** Without progress, after which an upload is given up. */
  readonly patience: number;
  /** Without a sign of life, after which a command counts as dead. */
  readonly silence: number;
  /** Seconds for which a version is locked. */
  readonly lease: number;
  /** After which the lock is renewed. */
  readonly renewal: number;
  /** For what is tidied up at the end, when the cluster may be out of reach. */
  readonly tidying: number;
}

export const usualPace: Pace = {
  look: 500,
  podStart: 180_000,
  trouble: 1,
  firstRetry: 500,
  longestRetry: 8_000,
  patience: 90_000,
  silence: 60_000,
  lease: 45,
  renewal: 15_000,
  tidying: 10_000,
};
