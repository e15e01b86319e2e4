import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ModelAsker } from '../../../../src/targets/kserve/serve/modelAsker.ts';
import type { InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';
import * as a from '../../kserve/objects.ts';
import { FakeCluster } from './fakeCluster.ts';

describe('asking a pod about its model', () => {
  const proxy = { name: 'istio-proxy', ports: [{ containerPort: 15_090 }] };
  const mine = { name: 'mine', ports: [{ containerPort: 5000 }] };
  const pod = a.pod({}, { spec: { containers: [proxy, mine] } });
  const service = a.service({ predictor: { model: undefined, containers: [mine] } });
  const transformer = { containers: [{ name: 'scales', ports: [{ containerPort: 6000 }] }] };

  for (const [what, asked] of [
    ['no sidecar that stands before it', service],
    ['the same behind a transformer', { ...service, spec: { ...service.spec, transformer } }],
  ] as readonly (readonly [string, InferenceService])[]) {
    it(`asks the container that the service brings itself: ${what}`, async () => {
      const cluster = new FakeCluster();
      const { connection } = cluster;
      const place = { connection, namespace: 'ml', extensionVersion: '', log: () => undefined };
      const asker = new ModelAsker(place, asked, { modelName: 'resnet18', protocol: 'v1' });
      assert.deepEqual(await asker.ask(pod, undefined), { kind: 'silent' });
      assert.deepEqual(cluster.did, ['forward 5000']);
      asker.close();
    });
  }
});
