import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { startCodeServer, type RunningCodeServer } from '../../scripts/vscode/codeServer.ts';
import { installCodeServer } from '../../scripts/vscode/codeServerInstall.ts';
import { chosenVersion } from '../../scripts/vscode/versions.ts';
import { Workbench } from './workbench.ts';

export const root = path.join(import.meta.dirname, '..', '..');
export const sampleName = 'efficientnet-lite0';
/** Of a session, beside its workspace. */
const userFolder = 'user';

/** A VS Code with a workspace of its own, for one file of tests. */
export interface Session {
  readonly workbench: Workbench;
  /** Folder that the window has open. */
  readonly workspace: string;
  readonly close: () => Promise<void>;
}

/** What the window opens: the workspace, nothing, or the folders of {@link multiRootFile}, which `prepare` writes. */
export type OpenedWindow = 'folder' | 'empty' | 'multi-root';
export const multiRootFile = 'all.code-workspace';

/**
 * Starts the VS Code of `MODEL_DECK_VSCODE_VERSION` with the extension: the packed one of `MODEL_DECK_VSIX` when that is
 * set, otherwise this folder's. It finds no kubeconfig of this machine, unless `env` names one.
 *
 * @param prepare fills the workspace, which is empty
 * @param env variables for the extension host
 */
export async function openSession(
  name: string,
  prepare: (workspace: string) => Promise<void>,
  settings: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
  opened: OpenedWindow = 'folder',
): Promise<Session> {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-ui-'));
  const workspace = path.join(folder, 'workspace');
  const version = chosenVersion();
  const vsix = process.env['MODEL_DECK_VSIX'];
  const log = (line: string): void => console.log(line);
  let server: RunningCodeServer | undefined;
  let browser: Browser | undefined;
  let workbench: Workbench | undefined;
  const close = async (): Promise<void> => {
    // Where the tests ended: the first thing to look at when one failed.
    await workbench?.screenshot('last').catch(() => undefined);
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await mkdir(workspace, { recursive: true });
    await prepare(workspace);
    const multiRoot = path.join(workspace, multiRootFile);
    server = await startCodeServer(await installCodeServer(version, log), {
      ...(opened !== 'empty' && { workspace: opened === 'multi-root' ? multiRoot : workspace }),
      userData: path.join(folder, userFolder),
      ...(vsix === undefined ? { extension: root } : { vsix }),
      settings,
      env: { KUBECONFIG: path.join(folder, 'no-kubeconfig'), ...env },
    });
    browser = await launchBrowser(log);
    const screenshots = path.join(root, 'artifacts', 'ui', `${version.vscode}${vsix ? '-vsix' : ''}`, name);
    workbench = await Workbench.open(browser, server.url, screenshots);
    return {
      workbench,
      workspace,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Binds a key to a command with arguments, as `keybindings.json` has it, before the window opens on the workspace. */
export async function bindKey(
  workspace: string,
  binding: { readonly key: string; readonly command: string; readonly args: unknown },
): Promise<void> {
  const user = path.join(workspace, '..', userFolder, 'User');
  await mkdir(user, { recursive: true });
  await writeFile(path.join(user, 'keybindings.json'), JSON.stringify([binding]));
}

export async function copySample(workspace: string): Promise<void> {
  await cp(path.join(root, 'media', 'samples', sampleName), path.join(workspace, sampleName), { recursive: true });
}
