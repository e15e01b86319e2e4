/** Largest request body, in bytes: TorchServe's, so that what works here works on a cluster. */
export { torchServeRequestBytes as maxRequestBytes } from '../kserve/servers/torchServe.ts';
