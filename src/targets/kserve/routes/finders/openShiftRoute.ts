import { backendNames } from '../doors.ts';
import { openShiftRoutes, type OpenShiftRoute } from '../routingKinds.ts';
import { nothing, type RouteFinder, type Way } from '../way.ts';

/** An OpenShift Route to the service: its host name is one of the cluster's own domain, which is known to everybody. */
export const openShiftRoute: RouteFinder = {
  name: 'OpenShift Route',
  find: async ({ place, service, known, reader, credentials }) => {
    const { name } = service.metadata;
    const host = 'url' in known ? known.url.host : undefined;
    const own = backendNames(service);
    const inNamespace = await reader.list(openShiftRoutes, { namespace: place.namespace });
    const route = inNamespace.find(({ metadata, spec }) => {
      const isItsOwn = metadata.labels?.['inferenceservice-name'] === name || own.has(spec?.to?.name ?? '');
      return isItsOwn || (host !== undefined && spec?.host === host);
    });
    // In Knative mode the Route lies beside the gateway of the mesh.
    const found = route ?? (await ofMesh());
    return found ? { ways: [wayBy(found)], isCertain: true } : nothing;

    async function ofMesh(): Promise<OpenShiftRoute | undefined> {
      if (host === undefined || inNamespace.length === 0) return undefined;
      const all = await reader.list(openShiftRoutes, { namespace: 'istio-system' });
      return all.find(({ spec }) => spec?.host === host);
    }

    function wayBy({ metadata, spec, status }: OpenShiftRoute): Way {
      const label = `Route ${metadata.name}`;
      const admission = status?.ingress?.[0]?.conditions?.find(({ type }) => type === 'Admitted');
      const routeHost = spec?.host ?? status?.ingress?.[0]?.host;
      if (admission?.status === 'False') {
        const why = admission.message ?? admission.reason ?? 'it says no reason';
        return { kind: 'url', label, unavailable: `The router does not admit the Route ${metadata.name}: ${why}.` };
      }
      if (routeHost === undefined) {
        return { kind: 'url', label, unavailable: `The Route ${metadata.name} has no host name yet.` };
      }
      const scheme = spec?.tls ? 'https' : 'http';
      const baseUrl = `${scheme}://${routeHost}${(spec?.path ?? '').replace(/\/+$/, '')}`;
      return { kind: 'url', label: `${label}: ${baseUrl}`, open: async () => ({ baseUrl, ...(await credentials()) }) };
    }
  },
};
