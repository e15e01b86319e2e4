/** Where models are served. */
export { ThisComputer } from './thisComputer.ts';
export type { ThisComputerOptions } from './thisComputer.ts';
export type * from './target.ts';
