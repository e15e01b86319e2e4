import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { services } from '../../../../src/kserve/resources/core.ts';
import { routeFinders } from '../../../../src/targets/kserve/routes/finders/index.ts';
import { reportText } from '../../../../src/targets/kserve/routes/lookForRoutes.ts';
import type { RouteFinder } from '../../../../src/targets/kserve/routes/way.ts';
import { routeCases } from './routeCases/index.ts';
import { cats, onePod } from './routeCases/routedObjects.ts';
import { findRoutes } from './routedCluster.ts';

describe('the routes to a service', () => {
  it('are held by more than 40 clusters', () => assert.ok(routeCases.length > 40, String(routeCases.length)));

  for (const { what, expect, ...cluster } of routeCases) {
    it(what, async () => {
      const { routes } = await findRoutes(cluster);
      for (const [kind, expected] of Object.entries(expect)) {
        const found = routes[kind] ?? 'no such route';
        if (expected instanceof RegExp) assert.match(found, new RegExp(`^no: .*${expected.source}`), kind);
        else assert.equal(found, expected, kind);
      }
    });
  }

  it('say of each finder what it looked at, and why it offers or rejects', async () => {
    const objects = routeCases.find(({ what }) =>
      what.includes('takes the address in the status of any Gateway'),
    )?.objects;
    const { reports } = await findRoutes({ service: cats(), objects: objects ?? [] });
    const texts = reports.map(reportText);
    assert.ok(
      texts.some((text) =>
        /^Gateway API looked at HTTPRoutes in ml, Gateway kserve\/.*offers Ingress 10\.8\.0\.1 \(Host/.test(text),
      ),
      texts.join('\n'),
    );
    assert.ok(
      texts.some((text) => /^OpenShift Route looked at Routes in ml \(kind not served\); offers nothing$/.test(text)),
    );
    assert.ok(
      texts.some((text) =>
        /^API server's proxy looked at Service ml\/cats-predictor \(not there\).*rejects: /.test(text),
      ),
    );
  });

  it('are looked for with one request for each object', async () => {
    const cluster = { service: cats(), objects: routeCases.flatMap(({ objects = [] }) => objects) };
    const { asked } = await findRoutes(cluster);
    const lists = asked.filter((each) => /^list (httproutes|virtualservices|nodes)$/.test(each));
    assert.deepEqual(lists, [...new Set(lists)]);
  });

  it('never show what the user set for an endpoint', async () => {
    for (const routeCase of routeCases) {
      assert.ok(!(await findRoutes(routeCase)).reports.map(reportText).join().includes('mine'));
    }
  });

  it('take what the user set along from outside only: a pod is not handed the token of a proxy', async () => {
    const objects = routeCases.flatMap((each) => each.objects ?? []);
    const { sent } = await findRoutes({ service: cats(), objects, names: ['cats-ml.acme.io'], pod: onePod });
    assert.deepEqual(sent, {
      'port-forward': undefined,
      url: 'Bearer mine',
      ingress: 'Bearer mine',
      'node-port': 'Bearer mine',
      'api-proxy': undefined,
    });
  });

  it('can be found in one more way by one more finder', async () => {
    const tunnel: RouteFinder = {
      name: 'tunnel',
      find: async ({ reader, place }) => {
        const found = await reader.get(services, { namespace: place.namespace, name: 'tunnel' });
        if (!found) return { ways: [{ kind: 'url', label: 'Tunnel', unavailable: 'There is no tunnel.' }] };
        const open = () => Promise.resolve({ baseUrl: 'https://tunnel.acme.io' });
        return { ways: [{ kind: 'url', label: 'Tunnel', open }], isCertain: true };
      },
    };
    const finders = [...routeFinders, tunnel];
    const without = await findRoutes({ service: cats() }, finders);
    assert.match(without.routes['url'] ?? '', /does not know the name .*There is no tunnel\.$/);
    const object = { metadata: { namespace: 'ml', name: 'tunnel' } };
    const { routes } = await findRoutes({ service: cats(), objects: [[services, object]] }, finders);
    assert.equal(routes['url'], 'https://tunnel.acme.io');
  });
});
