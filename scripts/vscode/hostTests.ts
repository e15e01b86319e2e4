/**
 * Runs test/host in the extension host of a real VS Code. The suites are written once; the runner is
 * `@vscode/test-electron` where there is a VS Code with windows, and code-server with a browser elsewhere.
 *   --electron   insists on the first; MODEL_DECK_VSCODE has the path of a VS Code
 */
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import type { Report } from '../../test/host/index.ts';
import { launchBrowser } from './browser.ts';
import { startCodeServer } from './codeServer.ts';
import { installCodeServer } from './codeServerInstall.ts';
import { desktopVscode, hasDisplay } from './desktop.ts';
import { chosenVersion } from './versions.ts';

const root = path.join(import.meta.dirname, '..', '..');
const testsPath = path.join(root, 'dist', 'test', 'host.js');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
/** How long the suites may take, in milliseconds. */
const patience = 600_000;

async function main(insistsOnElectron: boolean): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/host/index.ts'],
    outfile: testsPath,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-host-'));
  try {
    const workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    await cp(path.join(root, 'media', 'samples'), workspace, { recursive: true });
    const reportFile = path.join(folder, 'report.json');
    const env = { MODEL_DECK_TEST_REPORT: reportFile };
    const program = insistsOnElectron || hasDisplay() ? await desktopVscode(print) : undefined;
    if (insistsOnElectron && !program) throw new Error('There is no VS Code: put its path into MODEL_DECK_VSCODE.');
    if (program) await runInElectron(program, workspace, folder, env);
    else await runInCodeServer(workspace, folder, env, reportFile);
    const report = JSON.parse(await readFile(reportFile, 'utf8')) as Report;
    for (const line of report.lines) print(line);
    print(`\n${report.passed} passed, ${report.failed} failed`);
    if (report.failed > 0 || report.passed === 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

type Env = Readonly<Record<string, string>>;

async function runInElectron(program: string, workspace: string, folder: string, env: Env): Promise<void> {
  print(`In-host suites: @vscode/test-electron, ${program}`);
  const userData = ['--user-data-dir', path.join(folder, 'user'), '--extensions-dir', path.join(folder, 'extensions')];
  await runTests({
    vscodeExecutablePath: program,
    extensionDevelopmentPath: root,
    extensionTestsPath: testsPath,
    extensionTestsEnv: env,
    launchArgs: [workspace, ...userData, '--disable-workspace-trust', '--disable-telemetry'],
  }).catch((error: unknown) => {
    // Failed tests are in the report; without one this is the reason.
    print(error instanceof Error ? error.message : String(error));
  });
}

async function runInCodeServer(workspace: string, folder: string, env: Env, reportFile: string): Promise<void> {
  const version = chosenVersion();
  print(`In-host suites: code-server ${version.codeServer} (VS Code ${version.vscode})`);
  const installed = await installCodeServer(version, print);
  const userData = path.join(folder, 'user');
  const server = await startCodeServer(installed, { workspace, userData, extension: root, testsPath, env });
  try {
    const browser = await launchBrowser(print);
    try {
      const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
      const page = await context.newPage();
      await page.goto(server.url);
      for (const end = Date.now() + patience; !(await isWritten(reportFile)); await delay(200)) {
        if (Date.now() < end) continue;
        const before = await readFile(`${reportFile}.lines`, 'utf8').catch(() => '');
        throw new Error(`The suites did not end.\n${before}\nThe server's last words:\n${server.output()}`);
      }
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

async function isWritten(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}

main(process.argv.includes('--electron')).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
