import path from 'node:path';
import { describe, it } from 'node:test';
import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { layersRule } from '../../../scripts/lint/layers.mjs';

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it;

const source = path.resolve('/product/src');
const layers = {
  foundation: { uses: [] },
  kserve: { uses: ['foundation'] },
  commands: { uses: ['foundation', 'kserve'] },
  deploy: { uses: ['kserve'] },
};
const file = (...parts: readonly string[]) => ({
  filename: path.join(source, ...parts),
  options: [{ source, layers }],
});

const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });
tester.run('layers', layersRule, {
  valid: [
    { code: "import '../foundation/error.ts';", ...file('kserve', 'names.ts') },
    {
      code: "import './deploy/steps.ts';",
      ...file('commands', 'deck.ts'),
      name: 'a nested folder that bears the name of a layer',
    },
    {
      code: "import '../deploy/steps.ts';",
      ...file('commands', 'stores', 'put.ts'),
      name: 'the same, from its sibling',
    },
    { code: "import './deploy/index.ts';", ...file('extension.ts'), name: 'the root may import everything' },
    { code: "import 'node:path';", ...file('foundation', 'error.ts') },
  ],
  invalid: [
    {
      code: "import '../../deploy/index.ts';",
      ...file('commands', 'deploy', 'steps.ts'),
      errors: [{ messageId: 'stranger' }],
    },
    {
      code: "import type { A } from '../kserve/a.ts';",
      ...file('foundation', 'a.ts'),
      errors: [{ messageId: 'stranger' }],
    },
    { code: "export { a } from '../commands/a.ts';", ...file('kserve', 'a.ts'), errors: [{ messageId: 'stranger' }] },
    { code: "const a = import('../commands/a.ts');", ...file('kserve', 'a.ts'), errors: [{ messageId: 'stranger' }] },
    { code: "type A = import('../commands/a.ts').A;", ...file('kserve', 'a.ts'), errors: [{ messageId: 'stranger' }] },
    { code: "import '../extension.ts';", ...file('kserve', 'a.ts'), errors: [{ messageId: 'stranger' }] },
    {
      code: '',
      ...file('evaluation', 'a.ts'),
      errors: [{ messageId: 'unknown' }],
      name: 'a new folder has to take its place',
    },
  ],
});
