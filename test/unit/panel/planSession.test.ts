import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { isPlanUpdate, longestManifest, mostObjects } from '../../../src/panel/messages/planMessages.ts';
import { PlanSession, type MadePlan, type PlanEdit, type PlanWork } from '../../../src/panel/plan/planSession.ts';
import type { PlannedObject } from '../../../src/targets/target.ts';
import { waitUntil } from '../../waitUntil.ts';

const service: PlannedObject = {
  kind: 'InferenceService',
  name: 'net',
  namespace: 'ml',
  action: 'change',
  yaml: 'kind: InferenceService\n',
  liveYaml: 'kind: InferenceService # old\n',
  dryRun: { ok: true },
};
const made: MadePlan = {
  runtime: 'kserve-torchserve',
  reason: 'It is the only one.',
  warnings: ['The claim is ReadWriteOnce.'],
  others: ['kserve-sklearnserver does not serve pytorch.'],
  objects: [service],
  planRevision: 'uid/1',
};
const conflicts = [{ manager: 'kubectl', field: '.spec.predictor.minReplicas' }];

/** A session whose plans the test gives; `edits` are what it was asked for. */
class Fixture {
  readonly edits: PlanEdit[] = [];
  readonly errors: unknown[] = [];
  readonly session: PlanSession;

  constructor(
    plan: PlanWork['plan'] = () => Promise.resolve(made),
    check: PlanWork['check'] = () => Promise.resolve([]),
  ) {
    this.session = new PlanSession(
      {
        check,
        plan: (edit, signal) => {
          this.edits.push(edit);
          return plan(edit, signal);
        },
        withoutFields: (text, fields) => Promise.resolve(`${text}# without ${fields.join()}\n`),
        onChange: () => undefined,
        onError: (_doing, error) => this.errors.push(error),
      },
      { title: 'Deploy net 1.0', target: 'minikube / ml', name: 'net', quietMs: 1 },
    );
  }

  get state() {
    return this.session.state();
  }

  /** Resolves when the session has nothing to do any more. */
  async settled(): Promise<void> {
    await waitUntil('nothing is planned any more', () => this.state.status.state !== 'planning');
  }
}

let last: Fixture | undefined;
function open(...args: ConstructorParameters<typeof Fixture>): Fixture {
  return (last = new Fixture(...args));
}
afterEach(() => last?.session.dispose());

describe('PlanSession', () => {
  it('shows the plan, its manifest and a verdict, in the contract of the page', async () => {
    const { session } = open();
    await session.planNow();
    const state = session.state();
    assert.ok(isPlanUpdate({ type: 'state', state }));
    assert.deepEqual(state.status, {
      state: 'planned',
      canDeploy: true,
      verdict: 'The cluster would take it: every object was checked by a dry run.',
    });
    assert.equal(state.manifest.text, service.yaml);
    assert.equal(state.manifest.isEdited, false);
    assert.deepEqual(state.plan?.others, made.others);
    assert.equal(state.plan?.objects[0]?.hasLive, true);
    assert.deepEqual(session.agreed(), { force: false, planRevision: 'uid/1' });
  });

  it('plans an edited manifest after a pause, and deploys that one', async () => {
    const fixture = open();
    await fixture.session.planNow();
    fixture.session.edit('kind: A\n');
    fixture.session.edit('kind: B\n');
    assert.equal(fixture.session.agreed(), undefined, 'what is shown is not what was planned');
    await fixture.settled();
    assert.deepEqual(fixture.edits, [{ force: false }, { force: false, manifest: 'kind: B\n' }]);
    assert.deepEqual(fixture.session.agreed(), { force: false, manifest: 'kind: B\n', planRevision: 'uid/1' });
    assert.equal(fixture.state.manifest.text, 'kind: B\n', 'the page keeps what the user types');
    assert.equal(fixture.state.manifest.revision, 1);
  });

  it('asks no cluster about a text that has a mistake, and names its line', async () => {
    const fixture = open(undefined, () => Promise.resolve([{ severity: 'error', message: 'No kind.', line: 2 }]));
    await fixture.session.planNow();
    fixture.session.edit('x');
    await fixture.settled();
    assert.equal(fixture.edits.length, 1);
    assert.deepEqual(fixture.state.status, { state: 'failed', failure: { reason: 'Line 3: No kind.' } });
    assert.ok(fixture.state.plan, 'the last plan stays to be looked at');
    assert.equal(fixture.session.agreed(), undefined);
  });

  it('gives up a planning that is overtaken, and never shows its result', async () => {
    const answers: ((plan: MadePlan) => void)[] = [];
    const signals: AbortSignal[] = [];
    const { session } = open((_edit, signal) => {
      signals.push(signal);
      return new Promise((resolve) => answers.push(resolve));
    });
    const first = session.planNow();
    const second = session.planNow();
    await waitUntil('both are asked for', () => answers.length === 2);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
    answers[1]?.({ ...made, runtime: 'second' });
    await second;
    answers[0]?.({ ...made, runtime: 'first' });
    await first;
    assert.equal(session.state().plan?.runtime, 'second');
  });

  it('shows why it could not be planned, and can try again', async () => {
    let fails = true;
    const fixture = open(() =>
      fails
        ? Promise.reject(new ModelDeckError('unreachable', 'No answer.', { remedy: 'Start it.' }))
        : Promise.resolve(made),
    );
    await fixture.session.planNow();
    assert.deepEqual(fixture.state.status, { state: 'failed', failure: { reason: 'No answer.', remedy: 'Start it.' } });
    assert.equal(fixture.errors.length, 1);
    fails = false;
    await fixture.session.planNow();
    assert.equal(fixture.state.status.state, 'planned');
  });

  it('does not deploy what the server refuses', async () => {
    const refused = { ...service, dryRun: { ok: false, reason: 'quota exceeded', remedy: 'Ask for more.' } } as const;
    const fixture = open(() => Promise.resolve({ ...made, objects: [refused] }));
    await fixture.session.planNow();
    assert.deepEqual(fixture.state.plan?.objects[0]?.refusal, { reason: 'quota exceeded', remedy: 'Ask for more.' });
    assert.ok(fixture.state.status.state === 'planned' && !fixture.state.status.canDeploy);
    assert.equal(fixture.session.agreed(), undefined);
  });

  it('says that nothing changes, and still may deploy', async () => {
    const fixture = open(() => Promise.resolve({ ...made, objects: [{ ...service, action: 'unchanged' }] }));
    await fixture.session.planNow();
    assert.match(fixture.state.status.state === 'planned' ? fixture.state.status.verdict : '', /already/);
    assert.ok(fixture.session.agreed());
  });

  it('takes the fields of others only when told to', async () => {
    const fixture = open(() => Promise.resolve({ ...made, objects: [{ ...service, conflicts }] }));
    await fixture.session.planNow();
    assert.equal(fixture.session.agreed(), undefined);
    await fixture.session.decideConflicts('take');
    assert.deepEqual(fixture.edits.at(-1), { force: true });
    assert.deepEqual(fixture.session.agreed(), { force: true, planRevision: 'uid/1' });
  });

  it('leaves the fields of others by taking them out of the manifest', async () => {
    const fixture = open((edit) =>
      Promise.resolve({ ...made, objects: [{ ...service, ...(edit.manifest === undefined && { conflicts }) }] }),
    );
    await fixture.session.planNow();
    const before = fixture.state.manifest.revision;
    await fixture.session.decideConflicts('leave');
    assert.match(fixture.state.manifest.text, /without \.spec\.predictor\.minReplicas/);
    assert.equal(fixture.state.manifest.revision, before + 1, 'the page has to show the new text');
    assert.equal(fixture.session.agreed()?.force, false);
    fixture.session.reset();
    await fixture.settled();
    assert.equal(fixture.state.manifest.text, service.yaml);
    assert.equal(fixture.state.conflictChoice, undefined);
  });

  it('shows a text that was edited in a document', async () => {
    const fixture = open();
    await fixture.session.planNow();
    fixture.session.replace('kind: C\n');
    await fixture.settled();
    assert.deepEqual(
      [fixture.state.manifest.text, fixture.state.manifest.revision, fixture.state.manifest.isEdited],
      ['kind: C\n', 2, true],
    );
    fixture.session.replace('x'.repeat(longestManifest + 1));
    assert.equal(fixture.state.manifest.text, 'kind: C\n');
  });

  it('keeps to the contract whatever a cluster answers', async () => {
    const long = 'x'.repeat(2 << 20);
    const huge: PlannedObject = {
      ...service,
      name: long,
      yaml: long,
      dryRun: { ok: false, reason: long },
      conflicts: Array.from({ length: 1000 }, () => ({ manager: long, field: long })),
    };
    const fixture = open(() =>
      Promise.resolve({
        runtime: long,
        reason: long,
        warnings: Array.from({ length: 1000 }, () => long),
        others: Array.from({ length: 1000 }, () => long),
        objects: Array.from({ length: mostObjects + 1 }, () => huge),
      }),
    );
    await fixture.session.planNow();
    assert.ok(isPlanUpdate({ type: 'state', state: fixture.state }));
  });
});
