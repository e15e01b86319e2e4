import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeServer } from './codeServerInstall.ts';
import { vscodeVersions } from './versions.ts';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { startProcessGroup, waitForHttp } from './processGroup.ts';

/** What a VS Code is started with. All paths are absolute. */
export interface WorkbenchOptions {
  /** Folder, or `.code-workspace` file, that the window opens; an empty window when left out. */
  readonly workspace?: string;
  /** Folder for settings, state and installed extensions: an empty one for a clean VS Code. */
  readonly userData: string;
  /** Folder of the extension under development, which holds package.json. */
  readonly extension?: string;
  /** A packed extension, installed as a user would. */
  readonly vsix?: string;
  /** Module whose `run()` is called in the extension host. */
  readonly testsPath?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Variables for the server, and so for the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningCodeServer {
  /** Has the connection token in it: whoever has this address has a terminal as the user who runs the server. */
  readonly url: string;
  /** What the server printed last. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Nothing that moves, asks, or looks for the network while somebody (or a test) uses the window. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'workbench.colorTheme': 'Default Dark Modern',
} as const;

/**
 * Serves a workbench on a free port of 127.0.0.1 until it is stopped, or until this process ends. It answers nobody who does
 * not have the token of {@link RunningCodeServer.url}: other users of the machine reach 127.0.0.1, too.
 */
export async function startCodeServer(server: CodeServer, options: WorkbenchOptions): Promise<RunningCodeServer> {
  const user = path.join(options.userData, 'User');
  const extensions = path.join(options.userData, 'extensions');
  await Promise.all([mkdir(user, { recursive: true }), mkdir(extensions, { recursive: true })]);
  const settings = { ...quietSettings, ...options.settings };
  await writeFile(path.join(user, 'settings.json'), JSON.stringify(settings, undefined, 2));

  const main = path.join(server.folder, 'out', 'server-main.js');
  const folders = ['--server-data-dir', options.userData, '--user-data-dir', options.userData];
  const common = [...folders, '--extensions-dir', extensions, '--accept-server-license-terms'];
  // The variables of a VS Code that we were started from would make the server believe it is a part of that one.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name));
  const env = { ...Object.fromEntries(inherited), ...options.env };

  if (options.vsix !== undefined) {
    const args = [main, '--install-extension', options.vsix, '--force', ...common];
    const { status, stdout, stderr } = spawnSync(server.node, args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`${options.vsix} could not be installed:\n${stdout}${stderr}`);
  }

  const [port] = await freePorts(1);
  const token = randomBytes(24).toString('hex');
  // In a file that its owner alone can read: every user of the machine sees the arguments of programs.
  const tokenFile = path.join(options.userData, 'connection-token');
  await writeFile(tokenFile, token, { mode: 0o600 });
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--connection-token-file', tokenFile];
  // Recent versions ignore the extension that a page's address names, unless they are told that they are tested; then
  // they show no dialogs. So the tests that answer dialogs install the packed extension there.
  const needsDriver = options.vsix === undefined && server.version.vscode !== vscodeVersions.minimum.vscode;
  const quiet = ['--disable-telemetry', '--disable-update-check', '--telemetry-level', 'off'];
  const args = [main, ...listen, ...common, ...quiet, ...(needsDriver ? ['--enable-smoke-test-driver'] : [])];
  const group = startProcessGroup(server.node, args, { cwd: server.folder, env });
  const origin = `http://127.0.0.1:${port}`;
  await waitForHttp(`${origin}/?tkn=${token}`, group, `code-server ${server.version.codeServer}`);
  return { url: pageUrl(origin, token, options), output: group.output, stop: group.stop };
}

function pageUrl(origin: string, token: string, { workspace, extension, testsPath }: WorkbenchOptions): string {
  const remote = (file: string): string => `vscode-remote://${new URL(origin).host}${pathToFileURL(file).pathname}`;
  const payload = [
    ...(extension === undefined ? [] : [['extensionDevelopmentPath', remote(extension)]]),
    ...(testsPath === undefined ? [] : [['extensionTestsPath', remote(testsPath)]]),
  ];
  const url = new URL(origin);
  url.searchParams.set('tkn', token);
  if (workspace === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set(workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', workspace);
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}
