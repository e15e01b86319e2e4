import { cats, istio, openShift, type RouteCase } from './routedObjects.ts';

/** The address that a service has itself, and Routes of OpenShift. */
export const addressCases: readonly RouteCase[] = [
  {
    what: 'takes a name that this computer knows as it is, with path and scheme',
    service: cats({ url: 'https://models.acme.io/serving/ml/cats/' }),
    names: ['models.acme.io'],
    expect: { url: 'https://models.acme.io/serving/ml/cats' },
  },
  {
    what: 'keeps a port of the address',
    service: cats({ url: 'http://cats.acme.io:8443' }),
    names: ['cats.acme.io'],
    expect: { url: 'http://cats.acme.io:8443' },
  },
  {
    what: 'says that this computer does not know the name',
    service: cats(),
    expect: { url: /does not know the name cats-ml\.acme\.io/ },
  },
  {
    what: "says that KServe's default domain is nobody's, whatever a name server claims",
    service: cats({ url: 'http://cats-ml.example.com' }),
    names: ['cats-ml.example.com'],
    expect: { url: /name of no network/ },
  },
  {
    what: 'offers no way from outside to a service for the cluster only',
    service: cats(
      {},
      { metadata: { name: 'cats', namespace: 'ml', labels: { 'networking.kserve.io/visibility': 'cluster-local' } } },
    ),
    objects: [istio],
    expect: { url: /for the cluster only/, ingress: /for the cluster only/ },
  },
  {
    what: "knows Knative's label for that, too",
    service: cats(
      {},
      { metadata: { name: 'cats', namespace: 'ml', labels: { 'networking.knative.dev/visibility': 'cluster-local' } } },
    ),
    expect: { url: /label networking\.knative\.dev/ },
  },
  {
    what: 'takes no address inside the cluster for one outside, whatever the domain of the cluster is',
    service: cats({ url: 'http://cats-predictor.ml.svc.prod.acme.io' }),
    names: ['cats-predictor.ml.svc.prod.acme.io'],
    objects: [istio],
    expect: { url: /inside the cluster only/, ingress: /inside the cluster only/ },
  },
  {
    what: "makes the address of KServe's settings where the status has none yet",
    service: cats({ url: undefined } as object),
    ingress: {
      ingressDomain: 'acme.io',
      domainTemplate: '{{ .Name }}.{{.Namespace}}.{{ .IngressDomain }}',
      urlScheme: 'https',
    },
    objects: [istio],
    expect: { ingress: 'https://10.9.0.1 for cats.ml.acme.io' },
  },
  {
    what: 'makes it of a path under one host name',
    service: cats({ url: undefined } as object),
    ingress: { ingressDomain: 'models.acme.io', pathTemplate: '/serving/{{ .Namespace }}/{{ .Name }}' },
    objects: [istio],
    expect: { ingress: 'http://10.9.0.1/serving/ml/cats for models.acme.io' },
  },
  {
    what: 'makes it of labels and annotations',
    service: cats({ url: undefined } as object, {
      metadata: { name: 'cats', namespace: 'ml', labels: { team: 'vision' } },
    }),
    ingress: {
      ingressDomain: 'acme.io',
      domainTemplate: '{{ .Name }}.{{ index .Labels "team" }}.{{ .IngressDomain }}',
    },
    objects: [istio],
    expect: { ingress: 'http://10.9.0.1 for cats.vision.acme.io' },
  },
  {
    what: 'guesses nothing of a template with more in it',
    service: cats({ url: undefined } as object),
    ingress: { ingressDomain: 'acme.io', domainTemplate: '{{ if .Labels.team }}x{{ end }}.{{ .IngressDomain }}' },
    objects: [istio],
    expect: { url: /no address yet/, ingress: /no address yet/ },
  },
  {
    what: 'takes a Route of OpenShift, with its TLS',
    service: cats({ url: 'http://cats-predictor.ml.svc.cluster.local' }),
    objects: [openShift({ tls: { termination: 'edge' } })],
    expect: { url: 'https://cats-ml.apps.acme.io' },
  },
  {
    what: 'takes a Route without TLS and with a path',
    service: cats(),
    objects: [openShift({ path: '/cats/' })],
    expect: { url: 'http://cats-ml.apps.acme.io/cats' },
  },
  {
    what: 'says why a router does not admit a Route',
    service: cats(),
    objects: [
      openShift(
        {},
        {
          status: {
            ingress: [
              {
                conditions: [
                  { type: 'Admitted', status: 'False', message: 'a route in another namespace holds the host' },
                ],
              },
            ],
          },
        },
      ),
    ],
    expect: { url: /does not admit the Route cats: a route in another namespace/ },
  },
];
