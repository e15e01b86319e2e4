/** Largest request body that is taken, in bytes, where a runtime says no other: TorchServe's, so that what works here works there. */
export { torchServeRequestBytes as maxRequestBytes } from '../kserve/servers/torchServe.ts';
