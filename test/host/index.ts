import { appendFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import Mocha from 'mocha';

/** What a run came to; the runner outside reads it from the file that `MODEL_DECK_TEST_REPORT` names. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly lines: readonly string[];
}

/** Called by VS Code in the extension host. @throws Error when a test failed, which test-electron's exit code follows */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'min' });
  const file = process.env['MODEL_DECK_TEST_REPORT'];
  const lines: string[] = [];
  const tell = (...said: readonly string[]): void => {
    lines.push(...said);
    // Whoever waits in vain for the report reads what came before.
    if (file !== undefined) appendFileSync(`${file}.lines`, said.map((line) => `${line}\n`).join(''));
  };
  let passed = 0;
  let failed = 0;
  try {
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
    // In the order in which they must run: the first looks at an extension that nothing has activated yet.
    await import('./activation.ts');
    await import('./commands.ts');
    await import('./specDocuments.ts');
    await new Promise<void>((resolve) => {
      const runner = mocha.run(() => resolve());
      runner.on('pass', (test) => {
        passed++;
        tell(`  ✔ ${test.fullTitle()} (${test.duration ?? 0} ms)`);
      });
      runner.on('fail', (test, error: Error) => {
        failed++;
        tell(`  ✖ ${test.fullTitle()}`, `    ${error.stack ?? error.message}`);
      });
    });
  } catch (error) {
    failed++;
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (file !== undefined) {
    await writeFile(`${file}.part`, JSON.stringify({ passed, failed, lines } satisfies Report));
    await rename(`${file}.part`, file);
  }
  if (failed > 0) throw new Error(`${failed} of ${passed + failed} tests failed.`);
}
