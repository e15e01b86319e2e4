import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deploymentModeOf } from '../../../src/kserve/index.ts';
import * as a from './objects.ts';

const bare = { metadata: { annotations: {} } };
const annotated = (mode: string): { metadata: { annotations: Record<string, string> } } => ({
  metadata: { annotations: { 'serving.kserve.io/deploymentMode': mode } },
});

describe('How KServe runs a service', () => {
  it('is what the status says, in the old names too', () => {
    assert.equal(deploymentModeOf(a.service(annotated('Standard'), { deploymentMode: 'Serverless' })), 'Knative');
    assert.equal(deploymentModeOf(a.service(bare, { deploymentMode: 'RawDeployment' })), 'Standard');
  });

  it('is told by what only Knative has, where an older KServe names no mode', () => {
    for (const type of ['PredictorConfigurationReady', 'PredictorRouteReady', 'RoutesReady', 'LatestDeploymentReady']) {
      assert.equal(deploymentModeOf(a.service(bare, { conditions: [{ type, status: 'Unknown' }] })), 'Knative', type);
    }
    const components = { predictor: { latestCreatedRevision: 'resnet18-predictor-00001' } };
    assert.equal(deploymentModeOf(a.service(annotated('RawDeployment'), { components })), 'Knative');
  });

  it('is what was asked for before KServe has looked at it, and unknown without that', () => {
    assert.equal(deploymentModeOf(a.service(annotated('ModelMesh'), {})), 'ModelMesh');
    assert.equal(
      deploymentModeOf(a.service(annotated('RawDeployment'), { conditions: null, components: null })),
      'Standard',
    );
    assert.equal(deploymentModeOf(a.service(bare, {})), undefined);
  });
});
