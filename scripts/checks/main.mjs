// `npm run check`: what neither compiler nor linter sees. Part of `npm test`.
import path from 'node:path';
import { circles } from './circles.mjs';
import { kindTests } from './kinds.mjs';
import { names } from './names.mjs';
import { unused } from './unused.mjs';
import { archaicWords, plainSentences } from './words.mjs';

/** The checks, and whether a finding fails. False: it is reported only. */
const checks = [
  { check: circles, fails: true },
  { check: unused, fails: true },
  { check: names, fails: true },
  { check: kindTests, fails: true },
  { check: archaicWords, fails: true },
  { check: plainSentences, fails: true },
];

const root = path.join(import.meta.dirname, '..', '..');
for (const { check, fails } of checks) {
  const findings = await check.findings({ root });
  if (findings.length === 0) {
    console.log(`${check.name}: none`);
    continue;
  }
  if (fails) process.exitCode = 1;
  console.log(`${check.name}: ${findings.length}${fails ? '' : ' (reported only)'}`);
  for (const finding of findings) console.log(`  ${finding}`);
  console.log(`  ${check.remedy}`);
}
