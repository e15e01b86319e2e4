import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose, wantsLogsOf, type DiagnosisEvidence } from '../../../src/kserve/index.ts';
import { cases, log, torchServeLog } from './diagnosisCases.ts';
import * as a from './objects.ts';

describe('Diagnosis of a service that does not work', () => {
  for (const { name, evidence, code, summary, remedy } of cases) {
    it(name, () => {
      const diagnosis = diagnose(evidence);
      assert.deepEqual([diagnosis?.code, diagnosis?.summary], [code, summary]);
      if (remedy !== undefined) assert.match(diagnosis?.remedy ?? '', remedy);
    });
  }
});
