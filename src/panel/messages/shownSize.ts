/** The page knows the contract only, and says sizes as the rest does. */
export { formatBytes } from '../../foundation/formatBytes.ts';
