import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { circles } from '../../../scripts/checks/circles.mjs';
import { kindTestsIn } from '../../../scripts/checks/kinds.mjs';
import { sharedNames } from '../../../scripts/checks/names.mjs';
import { sentencesIn, wordsIn } from '../../../scripts/checks/words.mjs';

describe('the checks', () => {
  let root: string;
  const write = (file: string, text: string): Promise<void> => writeFile(path.join(root, 'src', file), text);
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'model-deck-checks-'));
    await mkdir(path.join(root, 'src'));
  });
  after(() => rm(root, { recursive: true }));

  it('find a circle, also one of types', async () => {
    await write('a.ts', "import type { B } from './b.ts';\nexport type A = B | undefined;\n");
    await write('b.ts', "import { type C } from './c.ts';\nexport type B = C;\n");
    await write('c.ts', 'export type C = string;\n');
    assert.deepEqual(await circles.findings({ root }), []);
    await write('c.ts', "import type { A } from './a.ts';\nexport type C = A;\n");
    const [circle = ''] = await circles.findings({ root });
    for (const file of ['a.ts', 'b.ts', 'c.ts']) assert.match(circle, new RegExp(`src/${file}`));
  });

  it('find names that two files share, unless they play one role in sibling folders', () => {
    const store = (kind: string): string => `src/stores/${kind}/store.ts`;
    assert.deepEqual(sharedNames([store('claim'), store('s3'), 'src/local/index.ts', 'src/stores/index.ts']), []);
    assert.deepEqual(sharedNames([store('claim'), 'src/local/store.ts']), [`${store('claim')} and src/local/store.ts`]);
    assert.equal(sharedNames(['src/kserve/a/names.ts', 'src/kserve/b/names.ts']).length, 1, 'of no family');
  });

  it('find a question for a kind and an id that is taken to pieces, outside the folder of the kind', () => {
    const lines = [
      "if (store.kind === 'claim') {",
      "id.startsWith('pvc:')",
      "storeId.split('/')",
      "const format = 'pytorch';",
    ];
    for (const line of lines) assert.equal(kindTestsIn('src/views/tree.ts', `\n  ${line}`).length, 1, line);
    assert.match(kindTestsIn('src/views/tree.ts', `\n${lines[0]}`)[0] ?? '', /^src\/views\/tree\.ts:2 /);
    assert.deepEqual(kindTestsIn('src/kserve/servers/torchServe.ts', "type: 'torchserve',"), []);
    assert.deepEqual(kindTestsIn('src/views/tree.ts', "// kind === 'claim' is asked by nobody"), []);
  });

  it('find words that nobody says, with their line', () => {
    assert.deepEqual(wordsIn('// Fix it.\n// Mend it anew.\nthe other one'), [
      { line: 2, word: 'Mend', instead: 'fix' },
      { line: 2, word: 'anew', instead: 'again' },
    ]);
  });

  it('find sentences to the user that are riddles or name a library, and no comments, imports or names of files', () => {
    const source = [
      "import { x } from 'which one?';",
      "// 'Which model is asked?'",
      "ask('Which model is asked?');",
      "ask('Choose an endpoint');",
      'say(`${name}: vipspng: libpng read error`);',
      "read('libvips.so');",
    ].join('\n');
    const found = (isPlain: boolean): readonly string[] => sentencesIn(source, isPlain).map(({ line }) => String(line));
    assert.deepEqual(found(true), ['3', '5', '5']);
    assert.deepEqual(found(false), ['5', '5'], 'libraries are looked for everywhere');
  });
});
