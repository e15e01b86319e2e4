import type { Pod } from '../../kserve/resources/core.ts';

/** Containers that answer requests, the first that there is. */
const serverContainers = ['transformer-container', 'kserve-container'];

/**
 * The port on which a pod of an InferenceService answers inference requests: the first of its server's container, 8080
 * when it names none.
 *
 * @see KServe `reconcilers/service/service_reconciler.go`, createDefaultSvc
 */
export function serverPort({ spec }: Pod): number {
  const containers = spec?.containers ?? [];
  const server = serverContainers.map((name) => containers.find((container) => container.name === name)).find(Boolean);
  const ports = (server ?? containers[0])?.ports ?? [];
  // A name says what a port speaks: gRPC is none that is asked here.
  const http = ports.find(({ name }) => !/^(h2c|grpc)/.test(name ?? ''));
  return (http ?? ports[0])?.containerPort ?? 8080;
}
