import type { KubeObject, ResourceType } from '../../../cluster/objects/resource.ts';
import type { Condition } from '../../../kserve/resources/core.ts';

/** The objects by which clusters lead requests to services: the part of each that is read. */

export interface LoadBalancerAddress {
  readonly ip?: string;
  readonly hostname?: string;
}

/** `networking.k8s.io/v1` Ingress, whichever controller serves it. */
export interface Ingress extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: IngressBackend;
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: {
        readonly paths?: readonly { readonly path?: string; readonly backend?: IngressBackend }[];
      };
    }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerAddress[] } };
}

interface IngressBackend {
  readonly service?: { readonly name?: string };
}

/** `gateway.networking.k8s.io/v1` HTTPRoute. */
export interface HttpRoute extends KubeObject {
  readonly spec?: {
    readonly hostnames?: readonly string[];
    readonly parentRefs?: readonly ParentRef[];
    readonly rules?: readonly {
      readonly backendRefs?: readonly { readonly name?: string; readonly namespace?: string }[];
    }[];
  };
  readonly status?: {
    readonly parents?: readonly { readonly parentRef?: ParentRef; readonly conditions?: readonly Condition[] }[];
  };
}

export interface ParentRef {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** `gateway.networking.k8s.io/v1` Gateway: its status has the addresses, whoever implements it. */
export interface Gateway extends KubeObject {
  readonly spec?: {
    readonly gatewayClassName?: string;
    readonly listeners?: readonly GatewayListener[];
  };
  readonly status?: {
    readonly addresses?: readonly { readonly type?: string; readonly value: string }[];
    readonly conditions?: readonly Condition[];
  };
}

export interface GatewayListener {
  readonly name: string;
  readonly hostname?: string;
  readonly port: number;
  readonly protocol: string;
}

/** `networking.istio.io` VirtualService, which KServe makes for the host name of a service. */
export interface VirtualService extends KubeObject {
  readonly spec?: { readonly hosts?: readonly string[]; readonly gateways?: readonly string[] };
}

/** `networking.istio.io` Gateway: its selector names the pods of the gateway, whose Service usually has the same labels. */
export interface IstioGateway extends KubeObject {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly servers?: readonly { readonly port?: { readonly number?: number; readonly protocol?: string } }[];
  };
}

/** `route.openshift.io/v1` Route. */
export interface OpenShiftRoute extends KubeObject {
  readonly spec?: {
    readonly host?: string;
    readonly path?: string;
    readonly to?: { readonly kind?: string; readonly name?: string };
    readonly tls?: { readonly termination?: string } | null;
  };
  readonly status?: {
    readonly ingress?: readonly { readonly host?: string; readonly conditions?: readonly Condition[] }[];
  };
}

/** Knative's own Ingress, which its network layer (Istio, Kourier, Contour, Gateway API) turns into its own objects. */
export interface KnativeIngress extends KubeObject {
  readonly spec?: { readonly rules?: readonly { readonly hosts?: readonly string[]; readonly visibility?: string }[] };
  readonly status?: {
    readonly publicLoadBalancer?: {
      readonly ingress?: readonly {
        readonly domain?: string;
        readonly domainInternal?: string;
        readonly ip?: string;
      }[];
    };
  };
}

const kind = <T extends KubeObject>(group: string, version: string, name: string, plural: string): ResourceType<T> => ({
  group,
  version,
  kind: name,
  plural,
  namespaced: true,
});

const gatewayApi = 'gateway.networking.k8s.io';
const istio = 'networking.istio.io';
export const ingresses = kind<Ingress>('networking.k8s.io', 'v1', 'Ingress', 'ingresses');
export const httpRoutes = kind<HttpRoute>(gatewayApi, 'v1', 'HTTPRoute', 'httproutes');
export const gateways = kind<Gateway>(gatewayApi, 'v1', 'Gateway', 'gateways');
// Every version of Istio serves this one.
export const virtualServices = kind<VirtualService>(istio, 'v1beta1', 'VirtualService', 'virtualservices');
export const istioGateways = kind<IstioGateway>(istio, 'v1beta1', 'Gateway', 'gateways');
export const openShiftRoutes = kind<OpenShiftRoute>('route.openshift.io', 'v1', 'Route', 'routes');
export const knativeIngresses = kind<KnativeIngress>(
  'networking.internal.knative.dev',
  'v1alpha1',
  'Ingress',
  'ingresses',
);
