import { describe, it } from 'node:test';
import { folder, useModelFolders } from './checksFixtures.ts';
import { graphCases } from './readerCases/graphCases.ts';
import { sourceCases } from './readerCases/sourceCases.ts';
import { expectRight, type ReaderCase } from './readerCases/readerCase.ts';

useModelFolders();

const cases: readonly ReaderCase[] = [...graphCases, ...sourceCases];
const byKind = new Map<string, ReaderCase[]>();
for (const one of cases) byKind.set(one.kind, [...(byKind.get(one.kind) ?? []), one]);

for (const [kind, ofKind] of byKind) {
  describe(`a model folder: ${kind}`, () => {
    for (const one of ofKind) it(one.what, () => expectRight(folder, one));
  });
}
