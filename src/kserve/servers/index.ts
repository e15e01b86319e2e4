import { kserveAnnotations } from '../annotations.ts';
import type { ServingRuntime } from '../resources/servingRuntime.ts';
import { huggingFaceServer } from './huggingFaceServer.ts';
import { mlServer } from './mlServer.ts';
import type { ModelServer } from './modelServer.ts';
import { tensorFlowServing } from './tensorFlowServing.ts';
import { torchServe } from './torchServe.ts';
import { tritonServer } from './tritonServer.ts';
import { vllmServer } from './vllmServer.ts';

/** The servers that are known. A next one is one file, and one line here. */
export const modelServers: readonly ModelServer[] = [
  torchServe,
  tritonServer,
  mlServer,
  tensorFlowServing,
  huggingFaceServer,
  vllmServer,
];

/** For example `torchserve`: the runtime's annotation, else by its name, as KServe does (`GetServerTypeFromRuntimeName`). */
function serverTypeOf({ metadata }: ServingRuntime): string | undefined {
  const named = modelServers.find(({ runtimeName }) => runtimeName === metadata.name);
  return metadata.annotations?.[kserveAnnotations.serverType] ?? named?.type;
}

/** The server that KServe takes a runtime for; undefined where it does not know either. */
export function declaredServer(runtime: ServingRuntime): ModelServer | undefined {
  const type = serverTypeOf(runtime);
  return modelServers.find((server) => server.type === type);
}

/**
 * The server behind a runtime: what it declares, else what its image or name tells.
 * @param image that will run; the runtime's own when left out
 */
export function serverOfRuntime(runtime: ServingRuntime, image?: string): ModelServer | undefined {
  const own = runtime.spec.containers?.find(({ name }) => name === 'kserve-container')?.image;
  return declaredServer(runtime) ?? serverNamed(image ?? own ?? '') ?? serverNamed(runtime.metadata.name);
}

/** The server that the name of an image or of a runtime tells; undefined for a name that tells nothing. */
export function serverNamed(name: string): ModelServer | undefined {
  return modelServers.find(({ pattern }) => pattern.test(name));
}
