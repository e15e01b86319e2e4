import { ModelDeckError } from '../../../../../src/foundation/error.ts';
import { alias, cats, clusterService, onePod, pod, type RouteCase } from './routedObjects.ts';

/** Through the API server, and with few rights. */
export const apiServerCases: readonly RouteCase[] = [
  {
    what: "goes through the API server to KServe's Service",
    service: cats(),
    objects: [clusterService('cats-predictor', { ports: [{ name: 'http', port: 80 }] })],
    expect: { 'api-proxy': 'services/cats-predictor:80' },
  },
  {
    what: 'knows the names of KServe up to 0.10',
    service: cats(),
    objects: [clusterService('cats-predictor-default', { ports: [{ port: 80 }] })],
    expect: { 'api-proxy': 'services/cats-predictor-default:80' },
  },
  {
    what: 'knows a Service by the address in the status, whatever the domain of the cluster is',
    service: cats({ address: { url: 'http://cats-blue-predictor.ml.svc.prod.acme.io' } }),
    objects: [clusterService('cats-blue-predictor', { ports: [{ port: 8080 }] })],
    expect: { 'api-proxy': 'services/cats-blue-predictor:8080' },
  },
  {
    what: "goes to the transformer's Service where there is one",
    service: cats({}, { spec: { predictor: {}, transformer: { containers: [] } } }),
    objects: [
      clusterService('cats-transformer', { ports: [{ port: 80 }] }),
      clusterService('cats-predictor', { ports: [{ port: 80 }] }),
    ],
    expect: { 'api-proxy': 'services/cats-transformer:80' },
  },
  {
    what: 'takes the HTTP port of a Service that has gRPC first',
    service: cats(),
    objects: [
      clusterService('cats-predictor', {
        ports: [
          { name: 'grpc-cats', port: 9000 },
          { name: 'http-cats', port: 8080 },
        ],
      }),
    ],
    expect: { 'api-proxy': 'services/cats-predictor:8080' },
  },
  {
    what: 'speaks TLS to a Service that does (kube-rbac-proxy)',
    service: cats(),
    objects: [clusterService('cats-predictor', { ports: [{ name: 'https', port: 8443 }] })],
    expect: { 'api-proxy': 'services/https:cats-predictor:8443' },
  },
  {
    what: 'never goes to an ExternalName through the API server, but to the pod',
    service: cats(),
    objects: [alias('cats-predictor')],
    pod: onePod,
    expect: { 'api-proxy': 'pods/cats-1:8080', 'port-forward': 'pod cats-1' },
  },
  {
    what: 'says that an ExternalName is one where there is no pod',
    service: cats(),
    objects: [alias('cats-predictor')],
    expect: {
      'api-proxy': /is a name for knative-local-gateway\.istio-system.*no ready pod/,
      'port-forward': /no ready pod/,
    },
  },
  {
    what: 'takes a Service beside an ExternalName',
    service: cats(),
    objects: [alias('cats-predictor'), clusterService('cats-predictor-default', { ports: [{ port: 80 }] })],
    pod: onePod,
    expect: { 'api-proxy': 'services/cats-predictor-default:80' },
  },
  {
    what: "asks the model's container, and no sidecar that stands before it",
    service: cats({}, { spec: { predictor: { containers: [{ name: 'my-model' }] } } }),
    objects: [alias('cats-predictor')],
    pod: pod([
      { name: 'istio-proxy', ports: [{ containerPort: 15_090, name: 'http-envoy-prom' }] },
      { name: 'my-model', ports: [{ containerPort: 5000 }] },
    ]),
    expect: { 'api-proxy': 'pods/cats-1:5000' },
  },
  {
    what: 'asks the container that the pod calls its own, where the service names none',
    service: cats(),
    objects: [alias('cats-predictor')],
    pod: pod(
      [
        { name: 'vault-agent', ports: [{ containerPort: 8200 }] },
        { name: 'triton', ports: [{ containerPort: 8000 }] },
      ],
      {
        'kubectl.kubernetes.io/default-container': 'triton',
      },
    ),
    expect: { 'api-proxy': 'pods/cats-1:8000' },
  },
  {
    what: 'asks no queue-proxy of Knative',
    service: cats(),
    objects: [alias('cats-predictor')],
    pod: pod([
      { name: 'queue-proxy', ports: [{ containerPort: 8012, name: 'queue-port' }] },
      { name: 'kserve-container', ports: [{ containerPort: 8080, name: 'user-port' }] },
    ]),
    expect: { 'api-proxy': 'pods/cats-1:8080' },
  },
  {
    what: 'offers what needs no right beyond the namespace',
    service: cats(),
    objects: [clusterService('cats-predictor', { ports: [{ port: 80 }] })],
    forbidden: ['gateways', 'httproutes', 'ingresses', 'virtualservices', 'routes', 'nodes'],
    pod: onePod,
    expect: {
      'port-forward': 'pod cats-1',
      'api-proxy': 'services/cats-predictor:80',
      ingress: /or you may not read it/,
    },
  },
  {
    what: 'gives up at the first request that the cluster does not answer',
    service: cats(),
    down: new ModelDeckError('unreachable', 'Nothing listens there.', { brief: 'connection refused' }),
    expect: { 'port-forward': /no ready pod/, 'api-proxy': /no ready pod/, ingress: /No ingress Service was found/ },
  },
];
