import { balancer, cats, gateway, host, httpRoute, istio, node, type RouteCase } from './routedObjects.ts';

/** By the Gateway API. */
export const gatewayApiCases: readonly RouteCase[] = [
  {
    what: 'takes the address in the status of any Gateway (Cilium, GKE, Traefik…)',
    service: cats(),
    objects: [httpRoute(), gateway('kserve', 'kserve-ingress-gateway', ['10.8.0.1'])],
    expect: { ingress: `http://10.8.0.1 for ${host}` },
  },
  {
    what: 'takes a listener of TLS where it is the only one',
    service: cats(),
    objects: [
      httpRoute(),
      gateway('kserve', 'kserve-ingress-gateway', ['10.8.0.1'], [{ name: 'tls', port: 8443, protocol: 'HTTPS' }]),
    ],
    expect: { ingress: `https://10.8.0.1:8443 for ${host}` },
  },
  {
    what: 'takes the listener that the route names, and the one for its host name',
    service: cats({ url: `https://${host}` }),
    objects: [
      httpRoute({ parentRefs: [{ namespace: 'edge', name: 'front', sectionName: 'acme' }] }),
      gateway(
        'edge',
        'front',
        ['10.8.0.1'],
        [
          { name: 'other', port: 9443, protocol: 'HTTPS', hostname: '*.other.io' },
          { name: 'acme', port: 8443, protocol: 'HTTPS', hostname: '*.acme.io' },
        ],
      ),
    ],
    expect: { ingress: `https://10.8.0.1:8443 for ${host}` },
  },
  {
    what: 'says that a Gateway has no listener for the host',
    service: cats(),
    objects: [
      httpRoute(),
      gateway(
        'kserve',
        'kserve-ingress-gateway',
        ['10.8.0.1'],
        [{ name: 'x', port: 80, protocol: 'HTTP', hostname: '*.other.io' }],
      ),
    ],
    expect: { ingress: /Gateway kserve\/kserve-ingress-gateway has no listener for cats-ml\.acme\.io/ },
  },
  {
    what: 'says that a Gateway has no address yet, and takes no other ingress instead',
    service: cats(),
    objects: [httpRoute(), gateway('kserve', 'kserve-ingress-gateway', []), istio],
    expect: { ingress: /Gateway kserve\/kserve-ingress-gateway has no address yet/ },
  },
  {
    what: 'says why a Gateway does not accept the route',
    service: cats(),
    objects: [
      httpRoute(
        {},
        {
          parents: [
            {
              parentRef: { name: 'kserve-ingress-gateway' },
              conditions: [
                {
                  type: 'Accepted',
                  status: 'False',
                  reason: 'NotAllowedByListeners',
                  message: 'namespace ml is not allowed',
                },
              ],
            },
          ],
        },
      ),
      gateway('kserve', 'kserve-ingress-gateway', ['10.8.0.1']),
    ],
    expect: { ingress: /does not accept the HTTPRoute cats: namespace ml is not allowed\./ },
  },
  {
    what: 'says that the Gateway of the route cannot be read',
    service: cats(),
    objects: [httpRoute()],
    forbidden: ['gateways'],
    expect: { ingress: /Gateway kserve\/kserve-ingress-gateway is not there, or you may not read it/ },
  },
  {
    what: 'takes no address of a Gateway inside the cluster for one outside',
    service: cats(),
    objects: [httpRoute(), gateway('kserve', 'kserve-ingress-gateway', ['gw.kserve.svc.cluster.local'])],
    expect: { ingress: /addresses inside the cluster only/ },
  },
  {
    what: 'takes node ports of the Service that the standard label names',
    service: cats(),
    objects: [
      httpRoute(),
      gateway('kserve', 'kserve-ingress-gateway', []),
      balancer('kserve', 'made-up', {
        ips: [],
        type: 'NodePort',
        labels: { 'gateway.networking.k8s.io/gateway-name': 'kserve-ingress-gateway' },
      }),
      node,
    ],
    expect: { ingress: /made-up is no load balancer/, 'node-port': `http://192.168.49.2:31080 for ${host}` },
  },
  {
    what: 'finds the Service of Envoy Gateway in its namespace, and its load balancer',
    service: cats(),
    objects: [
      httpRoute(),
      balancer('envoy-gateway-system', 'envoy-kserve-5f', {
        labels: {
          'gateway.envoyproxy.io/owning-gateway-namespace': 'kserve',
          'gateway.envoyproxy.io/owning-gateway-name': 'kserve-ingress-gateway',
        },
      }),
    ],
    forbidden: ['gateways'],
    expect: { ingress: `http://10.9.0.1 for ${host}` },
  },
  {
    what: "finds Istio's Service of a Gateway by its name",
    service: cats(),
    objects: [
      httpRoute(),
      gateway('kserve', 'kserve-ingress-gateway', [], undefined, 'istio'),
      balancer('kserve', 'kserve-ingress-gateway-istio'),
    ],
    expect: { ingress: `http://10.9.0.1 for ${host}` },
  },
  {
    what: "takes the Gateway of KServe's settings where the routes cannot be read",
    service: cats(),
    ingress: { enableGatewayApi: true, kserveIngressGateway: 'edge/front' },
    objects: [gateway('edge', 'front', ['gw.acme.io'])],
    forbidden: ['httproutes'],
    expect: { ingress: `http://gw.acme.io for ${host}` },
  },
  {
    what: 'knows a route by the Service that it leads to, with the host name that it has',
    service: cats({ url: 'http://cats-predictor.ml.svc.cluster.local' }),
    objects: [
      httpRoute({ hostnames: ['vision.acme.io'], rules: [{ backendRefs: [{ name: 'cats-predictor' }] }] }),
      gateway('kserve', 'kserve-ingress-gateway', ['10.8.0.1']),
    ],
    expect: { ingress: 'http://10.8.0.1 for vision.acme.io' },
  },
];
