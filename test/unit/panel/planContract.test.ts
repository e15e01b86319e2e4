import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isPlanRequest,
  isPlanUpdate,
  longestManifest,
  type PlanState,
} from '../../../src/panel/messages/planMessages.ts';

const state: PlanState = {
  title: 'Deploy <b>net</b>',
  target: 'minikube / ml',
  status: { state: 'planned', canDeploy: true, verdict: 'Fine.' },
  manifest: { text: 'kind: x', revision: 1, isEdited: false, findings: [{ severity: 'error', message: 'm', line: 0 }] },
  plan: {
    runtime: 'r',
    reason: 'because',
    others: ['o'],
    warnings: ['w'],
    objects: [
      {
        kind: 'InferenceService',
        name: 'net',
        namespace: 'ml',
        action: 'create',
        isEdited: true,
        yaml: 'kind: x',
        hasLive: false,
        removes: ['.spec.predictor.nodeSelector'],
        refusal: { reason: 'no' },
        conflicts: [{ manager: 'kubectl', field: '.spec' }],
      },
    ],
  },
  conflictChoice: 'take',
};

describe('messages of the plan page', () => {
  it('are taken when they are in the contract', () => {
    for (const message of [
      { type: 'ready' },
      { type: 'edit', text: 'kind: x' },
      { type: 'show-difference', index: 0 },
      { type: 'conflicts', choice: 'leave' },
      { type: 'deploy' },
    ]) {
      assert.equal(isPlanRequest(message), true, JSON.stringify(message));
    }
    assert.equal(isPlanUpdate({ type: 'state', state }), true);
    const { title, target, manifest } = state;
    const least: PlanState = { title, target, manifest, status: { state: 'planning' } };
    assert.equal(isPlanUpdate({ type: 'state', state: least }), true);
  });

  it('are dropped when hostile', () => {
    const hostile: readonly unknown[] = [
      undefined,
      'deploy',
      { type: 'deploy', force: true },
      { type: 'edit' },
      { type: 'edit', text: 1 },
      { type: 'edit', text: 'x'.repeat(longestManifest + 1) },
      { type: 'show-difference', index: -1 },
      { type: 'show-difference', index: 0.5 },
      { type: 'show-difference', index: 1000 },
      { type: 'conflicts', choice: 'force' },
      { type: '__proto__' },
      { type: 'command', command: 'workbench.action.quit' },
    ];
    for (const message of hostile) assert.equal(isPlanRequest(message), false, JSON.stringify(message)?.slice(0, 80));
  });

  it('do not reach the page with a field too many or of another kind', () => {
    const wrong: readonly unknown[] = [
      { ...state, html: '<b>' },
      { ...state, status: { state: 'planned', canDeploy: 'yes', verdict: '' } },
      { ...state, status: { state: 'done' } },
      { ...state, conflictChoice: 'both' },
      { ...state, manifest: { ...state.manifest, revision: -1 } },
      { ...state, plan: { ...state.plan, objects: [{ kind: 'x' }] } },
    ];
    for (const odd of wrong) assert.equal(isPlanUpdate({ type: 'state', state: odd }), false);
  });
});
