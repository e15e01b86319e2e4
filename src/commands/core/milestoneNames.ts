/** What the steps of the walkthrough wait for, in their order. Reached by success alone; a test holds the list against package.json. */
export const milestones = [
  'sampleOpened',
  'deployedHere',
  'classified',
  'packaged',
  'clusterOpened',
  'deployedToCluster',
  'explained',
  'rolledBack',
] as const;

export type Milestone = (typeof milestones)[number];
