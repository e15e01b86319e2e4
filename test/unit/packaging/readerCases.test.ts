import { describe, it } from 'node:test';
import { folder, useModelFolders } from './checksFixtures.ts';
import { endingCases } from './readerCases/endingCases.ts';
import { exporterCases } from './readerCases/exporterCases.ts';
import { externalCases } from './readerCases/externalCases.ts';
import { huggingFaceCases } from './readerCases/huggingFaceCases.ts';
import { labelCases } from './readerCases/labelCases.ts';
import { outputCases } from './readerCases/outputCases.ts';
import { pictureCases } from './readerCases/pictureCases.ts';
import { weightCases } from './readerCases/weightCases.ts';
import { expectRight, type ReaderCase } from './readerCases/readerCase.ts';

useModelFolders();

const cases: readonly ReaderCase[] = [
  ...endingCases,
  ...pictureCases,
  ...outputCases,
  ...externalCases,
  ...huggingFaceCases,
  ...exporterCases,
  ...labelCases,
  ...weightCases,
];
const byKind = new Map<string, ReaderCase[]>();
for (const one of cases) byKind.set(one.kind, [...(byKind.get(one.kind) ?? []), one]);

for (const [kind, ofKind] of byKind) {
  describe(`a model folder: ${kind}`, () => {
    for (const one of ofKind) it(one.what, () => expectRight(folder, one));
  });
}
