import { services } from '../../../../kserve/resources/core.ts';
import { serviceDoor, serviceOfHost, waysThrough } from '../doors.ts';
import { usualIngress } from '../usualIngresses.ts';
import { noIngress, type RouteFinder } from '../way.ts';

/** By KServe's settings and the usual names of ingress Services, where the objects of the service itself tell nothing. */
export const configuredIngress: RouteFinder = {
  name: "KServe's settings",
  guesses: true,
  find: async (question) => {
    const { known, config, reader } = question;
    if (!('url' in known)) return noIngress(known.problem);
    if (config?.ingress.isDisabled === true) return noIngress('The cluster makes no ingress for its services.');
    const configured = config?.ingress.ingressService;
    const name = configured === undefined ? undefined : serviceOfHost(configured);
    const found =
      (name && (await reader.get(services, name))) ?? (await usualIngress(reader, config?.ingress.className));
    if (found) return waysThrough(serviceDoor(found), known.url, question);
    return noIngress('No ingress Service was found, or you may not read it.');
  },
};
