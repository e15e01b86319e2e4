import { inferencePort, serviceNamesOf } from '../../../../kserve/index.ts';
import { services, type Service } from '../../../../kserve/resources/core.ts';
import { inPlace } from '../../place.ts';
import { httpPort } from '../doors.ts';
import { messageOf } from '../../../../foundation/error.ts';
import type { RouteFinder, RouteQuestion, Way } from '../way.ts';

/** Through the API server to the Service, or to a pod where the Service is a mere name for something else. */
export const apiProxy: RouteFinder = {
  name: "API server's proxy",
  find: async (question) => {
    const { service, reader, place } = question;
    const names = serviceNamesOf(service);
    let alias: Service | undefined;
    for (const name of names) {
      const found = await reader.get(services, inPlace(place, name));
      const isUsable = found && found.spec?.type !== 'ExternalName' && httpPort(found) !== undefined;
      if (isUsable) return { ways: [toService(found, question)] };
      alias ??= found;
    }
    const why =
      alias === undefined
        ? `There is no Service ${names.join(' or ')} in ${place.namespace}, or you may not read it.`
        : `The Service ${alias.metadata.name} is a name for ${alias.spec?.externalName ?? 'another one'}, where the API server does not follow.`;
    return { ways: [await toPod(why, question)] };
  },
};

function toService(found: Service, { service, place, opened }: RouteQuestion): Way {
  const { name } = found.metadata;
  const port = httpPort(found);
  const isSecure = port?.name === 'https' || port?.port === 443 || port?.port === 8443;
  return {
    kind: 'api-proxy',
    label: `API server's proxy to the Service ${name}`,
    open: () =>
      opened.serviceProxy(service.metadata.name, {
        kind: 'services',
        namespace: place.namespace,
        name,
        port: port?.port ?? 80,
        isSecure,
      }),
  };
}

async function toPod(why: string, { service, place, opened, task }: RouteQuestion): Promise<Way> {
  const kind = 'api-proxy';
  try {
    const pod = await opened.readyPod(service, task);
    const { name } = pod.metadata;
    const object = { kind: 'pods', namespace: place.namespace, name, port: inferencePort(pod, service) } as const;
    const label = `API server's proxy to the pod ${name}`;
    return { kind, label, open: () => opened.serviceProxy(service.metadata.name, object) };
  } catch (error) {
    return { kind, label: "API server's proxy", unavailable: `${why} ${messageOf(error)}` };
  }
}
