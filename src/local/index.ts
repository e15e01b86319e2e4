/** Serving packaged models on this computer: one process for each, on 127.0.0.1. */
export { maxRequestBytes } from './requestLimit.ts';
export { startServer } from './startServer.ts';
export type { RunningServer, ServerRequest } from './startServer.ts';
export { openTrial } from './openTrial.ts';
export type { Trial, TrialRequest } from './openTrial.ts';
export type { TrialAnswer, TriedGraph } from './trialMessages.ts';
export { findTorchServe } from './torchserve/findTorchServe.ts';
export type { FoundTorchServe } from './torchserve/findTorchServe.ts';
export type { ServedModel, ServerEngine, TorchServeSearch } from './serverRequest.ts';
