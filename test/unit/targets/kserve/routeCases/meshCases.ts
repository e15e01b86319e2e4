import { configMaps } from '../../../../../src/kserve/resources/core.ts';
import { istioGateways } from '../../../../../src/targets/kserve/routes/routingKinds.ts';
import {
  at,
  balancer,
  cats,
  host,
  istio,
  knativeOf,
  kourier,
  node,
  placed,
  virtualService,
  type RouteCase,
} from './routedObjects.ts';

/** By Istio, Knative's network layers, and KServe's settings. */
export const meshCases: readonly RouteCase[] = [
  {
    what: "follows KServe's VirtualService to the Service of Istio's Gateway, however it is called",
    service: cats(),
    objects: [
      virtualService('knative-serving/knative-local-gateway', 'knative-serving/knative-ingress-gateway'),
      placed(istioGateways, {
        ...at('knative-serving', 'knative-ingress-gateway'),
        spec: { selector: { app: 'edge' } },
      }),
      balancer('mesh', 'edge-gateway', { ips: ['10.9.0.5'], labels: { app: 'edge' } }),
      istio,
    ],
    expect: { ingress: `http://10.9.0.5 for ${host}` },
  },
  {
    what: "says that the Service of Istio's Gateway is not to be found",
    service: cats(),
    ingress: { disableIngressCreation: true },
    objects: [virtualService('knative-serving/knative-ingress-gateway')],
    expect: { ingress: /Service of Istio's Gateway knative-serving\/knative-ingress-gateway was not found/ },
  },
  {
    what: 'takes Kourier beside Istio, where Knative says so',
    service: cats(),
    objects: [
      istio,
      kourier,
      knativeOf('kourier-internal.kourier-system.svc.cluster.local'),
      balancer('kourier-system', 'kourier-internal', { ips: ['10.9.0.8'] }),
    ],
    expect: { ingress: `http://10.9.0.8 for ${host}` },
  },
  {
    what: "takes Kourier beside Istio by Knative's setting, before its status tells",
    service: cats(),
    objects: [
      istio,
      kourier,
      knativeOf(),
      placed(configMaps, {
        ...at('knative-serving', 'config-network'),
        data: { 'ingress-class': 'kourier.ingress.networking.knative.dev' },
      }),
    ],
    expect: { ingress: `http://10.9.0.7 for ${host}` },
  },
  {
    what: 'takes Istio beside Kourier, where Knative says so, with another domain of the cluster',
    service: cats(),
    objects: [kourier, istio, knativeOf('istio-ingressgateway.istio-system.svc.prod.acme.io')],
    expect: { ingress: `http://10.9.0.1 for ${host}` },
  },
  {
    what: "takes the ingressService of KServe's settings",
    service: cats(),
    ingress: { ingressService: 'front.mesh.svc.cluster.local' },
    objects: [istio, balancer('mesh', 'front', { ips: ['10.9.0.6'] })],
    expect: { ingress: `http://10.9.0.6 for ${host}` },
  },
  {
    what: 'offers an ingress with TLS only by TLS',
    service: cats(),
    objects: [
      balancer('istio-system', 'istio-ingressgateway', { ports: [{ name: 'https', port: 443, nodePort: 31_443 }] }),
      node,
    ],
    expect: { ingress: `https://10.9.0.1 for ${host}`, 'node-port': `https://192.168.49.2:31443 for ${host}` },
  },
  {
    what: 'writes an address of IPv6 as a URL wants it',
    service: cats(),
    objects: [balancer('istio-system', 'istio-ingressgateway', { ips: ['fd00::1'] })],
    expect: { ingress: `http://[fd00::1] for ${host}` },
  },
  {
    what: 'says that a load balancer has no address yet',
    service: cats(),
    objects: [balancer('istio-system', 'istio-ingressgateway', { ips: [] })],
    expect: { ingress: /minikube tunnel/, 'node-port': /no node port, or you may not read the nodes/ },
  },
  {
    what: 'says that the cluster makes no ingress',
    service: cats(),
    ingress: { disableIngressCreation: true },
    objects: [istio],
    expect: { ingress: /makes no ingress/ },
  },
];
