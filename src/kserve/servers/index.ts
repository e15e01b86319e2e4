import { kserveAnnotations } from '../annotations.ts';
import type { ServingRuntime } from '../resources/servingRuntime.ts';
import { serverContainerOf } from '../serverContainer.ts';
import { huggingFaceServer } from './huggingFaceServer.ts';
import { mlServer } from './mlServer.ts';
import type { ModelServer } from './modelServer.ts';
import { openVinoModelServer } from './openVinoModelServer.ts';
import { tensorFlowServing } from './tensorFlowServing.ts';
import { torchServe } from './torchServe.ts';
import { tritonServer } from './tritonServer.ts';
import { vllmServer } from './vllmServer.ts';

/** The servers that are known. A next one is one file, and one line here. */
export const modelServers: readonly ModelServer[] = [
  torchServe,
  tritonServer,
  mlServer,
  openVinoModelServer,
  tensorFlowServing,
  huggingFaceServer,
  vllmServer,
];

/** For example `torchserve`: the runtime's annotation, else by its name, as KServe does (`GetServerTypeFromRuntimeName`). */
function serverTypeOf({ metadata }: ServingRuntime, servers: readonly ModelServer[]): string | undefined {
  const named = servers.find(({ runtimeName }) => runtimeName === metadata.name);
  return metadata.annotations?.[kserveAnnotations.serverType] ?? named?.type;
}

/** The server that KServe takes a runtime for; undefined where it does not know either. */
export function declaredServer(
  runtime: ServingRuntime,
  servers: readonly ModelServer[] = modelServers,
): ModelServer | undefined {
  const type = serverTypeOf(runtime, servers);
  return servers.find((server) => server.type === type);
}

/**
 * The server behind a runtime: what it declares, else what its image or name tells.
 * @param image that will run; the runtime's own when left out
 * @param servers that are registered
 */
export function serverOfRuntime(
  runtime: ServingRuntime,
  image?: string,
  servers: readonly ModelServer[] = modelServers,
): ModelServer | undefined {
  const own = serverContainerOf(runtime)?.image;
  return (
    declaredServer(runtime, servers) ??
    serverNamed(image ?? own ?? '', servers) ??
    serverNamed(runtime.metadata.name, servers)
  );
}

/** The server that the name of an image or of a runtime tells; undefined for a name that tells nothing. */
export function serverNamed(name: string, servers: readonly ModelServer[] = modelServers): ModelServer | undefined {
  return servers.find(({ pattern }) => pattern.test(name));
}
