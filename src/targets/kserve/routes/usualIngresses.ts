import { services, type Service } from '../../../kserve/resources/core.ts';
import type { RouteReader } from './routeReader.ts';

/** A Service that is an ingress, as its makers install it. */
interface UsualIngress {
  readonly namespace: string;
  readonly name: string;
  /** Words of the class names that lead to it: of an Ingress, or of Knative's network layer. */
  readonly classes: readonly string[];
}

const usual: readonly UsualIngress[] = [
  { namespace: 'istio-system', name: 'istio-ingressgateway', classes: ['istio'] },
  { namespace: 'istio-ingress', name: 'istio-ingressgateway', classes: ['istio'] },
  { namespace: 'istio-ingress', name: 'istio-ingress', classes: ['istio'] },
  { namespace: 'kourier-system', name: 'kourier', classes: ['kourier'] },
  { namespace: 'ingress-nginx', name: 'ingress-nginx-controller', classes: ['nginx'] },
  { namespace: 'kube-system', name: 'rke2-ingress-nginx-controller', classes: ['nginx'] },
  { namespace: 'nginx-ingress', name: 'nginx-ingress-controller', classes: ['nginx'] },
  { namespace: 'projectcontour', name: 'envoy', classes: ['contour'] },
  { namespace: 'contour-external', name: 'envoy', classes: ['contour'] },
  { namespace: 'kube-system', name: 'traefik', classes: ['traefik'] },
  { namespace: 'kube-system', name: 'rke2-traefik', classes: ['traefik'] },
  { namespace: 'traefik', name: 'traefik', classes: ['traefik'] },
  { namespace: 'kube-system', name: 'cilium-ingress', classes: ['cilium'] },
  { namespace: 'haproxy-controller', name: 'haproxy-kubernetes-ingress', classes: ['haproxy'] },
  { namespace: 'kong', name: 'kong-gateway-proxy', classes: ['kong'] },
];

/**
 * The ingress Service of a class, else the first of the usual ones that is there. A class that has one is never answered by
 * the ingress of another class: several are often installed beside each other.
 */
export async function usualIngress(reader: RouteReader, className: string | undefined): Promise<Service | undefined> {
  const ofClass = usual.filter(({ classes }) => classes.some((word) => className?.includes(word) === true));
  const asked = (ofClass.length > 0 ? ofClass : usual).map(({ namespace, name }) =>
    reader.get(services, { namespace, name }),
  );
  return (await Promise.all(asked)).find((found) => found && found.spec?.type !== 'ExternalName');
}
