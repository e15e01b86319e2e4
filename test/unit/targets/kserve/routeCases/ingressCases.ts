import { balancer, cats, host, ingress, istio, node, type RouteCase } from './routedObjects.ts';

/** By an Ingress. */
export const ingressCases: readonly RouteCase[] = [
  {
    what: 'takes the address that the controller of an Ingress wrote (RKE2, HAProxy, Kong…)',
    service: cats(),
    objects: [ingress({ ingressClassName: 'anything' })],
    expect: { ingress: `http://10.7.0.1 for ${host}` },
  },
  {
    what: 'speaks TLS where the Ingress does',
    service: cats(),
    objects: [ingress({ tls: [{ hosts: [host] }] })],
    expect: { ingress: `https://10.7.0.1 for ${host}` },
  },
  {
    what: 'speaks TLS where the address says so',
    service: cats({ url: `https://${host}` }),
    objects: [ingress()],
    expect: { ingress: `https://10.7.0.1 for ${host}` },
  },
  {
    what: 'takes the Service of the class where nothing is published, and no ingress of another class',
    service: cats(),
    objects: [
      ingress({ ingressClassName: 'nginx' }, []),
      istio,
      balancer('ingress-nginx', 'ingress-nginx-controller', { ips: ['10.9.0.2'] }),
      node,
    ],
    expect: { ingress: `http://10.9.0.2 for ${host}`, 'node-port': `http://192.168.49.2:31080 for ${host}` },
  },
  {
    what: 'says that the Ingress has no address, beside an ingress of another class',
    service: cats(),
    objects: [ingress({ ingressClassName: 'nginx' }, []), istio],
    expect: { ingress: /Ingress ml\/cats has no address yet/ },
  },
  {
    what: 'finds the nginx of RKE2 by its class',
    service: cats(),
    objects: [ingress({ ingressClassName: 'nginx' }, []), balancer('kube-system', 'rke2-ingress-nginx-controller')],
    expect: { ingress: `http://10.9.0.1 for ${host}` },
  },
  {
    what: 'takes an Ingress that somebody made for the Service, with its path',
    service: cats({ url: 'http://cats-predictor.ml.svc.cluster.local' }),
    ingress: { disableIngressCreation: true },
    objects: [
      ingress(
        {
          rules: [
            {
              host: 'ai.acme.io',
              http: { paths: [{ path: '/cats(/|$)(.*)', backend: { service: { name: 'cats-predictor' } } }] },
            },
          ],
        },
        ['10.7.0.1'],
        'by-hand',
      ),
    ],
    expect: { ingress: 'http://10.7.0.1/cats for ai.acme.io' },
  },
  {
    what: 'is not misled by the Ingress of another service',
    service: cats(),
    objects: [
      ingress({
        rules: [{ host: 'dogs.acme.io', http: { paths: [{ path: '/', backend: { service: { name: 'dogs' } } }] } }],
      }),
    ],
    expect: { ingress: /No ingress Service was found/ },
  },
];
