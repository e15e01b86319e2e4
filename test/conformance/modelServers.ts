import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causes } from '../../src/kserve/diagnosis/causes.ts';
import { diagnoseWith } from '../../src/kserve/diagnosis/index.ts';
import { planWarnings } from '../../src/kserve/planWarnings.ts';
import { serverNamed, serverOfRuntime } from '../../src/kserve/servers/index.ts';
import type { ModelServer, Workers } from '../../src/kserve/servers/modelServer.ts';
import type { ServingRuntime } from '../../src/kserve/resources/servingRuntime.ts';
import * as a from '../unit/kserve/objects.ts';

export interface ModelServerCase {
  readonly server: ModelServer;
  /** Those that are registered; the server is one of them. */
  readonly registered: readonly ModelServer[];
  /** An image of it. */
  readonly image: string;
  /** Logs, and what each says of the model. */
  readonly logs?: readonly (readonly [string, Workers])[];
}

/** What every model server has to keep, wherever it is asked for. */
export function describeModelServer({ server, registered, image, logs = [] }: ModelServerCase): void {
  const runtime = (name: string, annotations: Readonly<Record<string, string>> = {}): ServingRuntime => ({
    metadata: { name, annotations },
    spec: { containers: [{ name: 'kserve-container', image: 'registry/any:1' }] },
  });

  describe(`The model server ${server.type}`, () => {
    it('is found by its image, by the name of its runtime, and by what a runtime declares', () => {
      assert.equal(serverNamed(image, registered), server);
      assert.equal(serverOfRuntime(runtime(server.runtimeName), undefined, registered), server);
      const declared = { 'serving.kserve.io/server-type': server.type };
      assert.equal(serverOfRuntime(runtime('mine', declared), undefined, registered), server);
      assert.equal(registered.filter(({ type }) => type === server.type).length, 1);
    });

    it('has a name for the reader, and says where its time to start was measured', () => {
      assert.match(server.label, /^\S.*\S$/);
      const { seconds, measured } = server.startUp?.(image) ?? { seconds: 1, measured: 'not measured' };
      assert.ok(seconds > 0 && Number.isInteger(seconds));
      assert.match(measured, /[^.]$/);
    });

    it('is heard by the plan', () => {
      const facts = { image, args: [], archiveName: undefined };
      const service = a.service({ model: { image } });
      const mine = runtime('mine', { 'serving.kserve.io/server-type': server.type });
      const said = server.warnings?.(facts) ?? [];
      const planned = planWarnings({ service, runtime: mine }, registered);
      assert.deepEqual(
        planned.filter((warning) => said.includes(warning)),
        said,
      );
    });

    for (const [log, state] of logs) {
      it(`says by its log: ${state}`, () => assert.equal(server.workersIn?.(log), state));
      if (state !== 'failed') continue;
      it('is diagnosed while it goes on without its model', () => {
        const pod = a.podOfOne(a.running(false), image);
        const evidence = a.evidence({
          pods: [pod],
          logs: [{ pod: pod.metadata.name, container: 'kserve-container', previous: false, part: 'end', text: log }],
        });
        const found = diagnoseWith(causes, evidence, registered);
        assert.equal(found?.severity, 'error');
        assert.match(found.remedy, /\.$/);
      });
    }
  });
}
