/**
 * What tests must not write, because it holds on a quick machine only. The right ways are `expect(locator).toHaveText(…)` of
 * test/ui/expect.ts, and `waitUntil`, `waitUntilEqual` and `waitUntilStill` of test/waitUntil.ts.
 */

/** Of Playwright's locators: what a page shows at this moment. */
const momentaryReads = [
  'allInnerTexts',
  'allTextContents',
  'getAttribute',
  'innerHTML',
  'innerText',
  'inputValue',
  'isChecked',
  'isDisabled',
  'isEditable',
  'isEnabled',
  'isHidden',
  'isVisible',
  'textContent',
];

const sleeps =
  'A fixed sleep is too short on a busy machine and too long elsewhere: wait for a condition (test/waitUntil.ts).';
const endless = 'A loop that waits without an end hangs the suite: use waitUntil (test/waitUntil.ts).';

/** For `no-restricted-syntax`. */
export const sleepRestrictions = [
  { selector: 'CallExpression[callee.property.name="waitForTimeout"]', message: sleeps },
  {
    selector:
      'NewExpression[callee.name="Promise"] > ArrowFunctionExpression > CallExpression[callee.name="setTimeout"]',
    message: sleeps,
  },
  {
    selector:
      'NewExpression[callee.name="Promise"] > ArrowFunctionExpression > BlockStatement CallExpression[callee.name="setTimeout"][arguments.0.type="Identifier"]',
    message: sleeps,
  },
  {
    selector: 'ImportDeclaration[source.value="node:timers/promises"] ImportSpecifier[imported.name="setTimeout"]',
    message: sleeps,
  },
  { selector: ':matches(WhileStatement, DoWhileStatement) AwaitExpression', message: endless },
  { selector: 'ForStatement:not([test]) AwaitExpression', message: endless },
];

/** For `no-restricted-syntax`, where pages are read. */
export const readRestrictions = [
  {
    selector: `CallExpression[arguments.length<2][callee.type="MemberExpression"][callee.property.name=/^(${momentaryReads.join('|')})$/]`,
    message:
      'This reads what the page shows at this moment: say what it must show, expect(locator).toHaveText(…) (test/ui/expect.ts).',
  },
  {
    selector: 'CallExpression[arguments.length=0][callee.property.name="count"]',
    message:
      'This counts at this moment: say how many there must be, expect(locator).toHaveCount(…) (test/ui/expect.ts).',
  },
];
