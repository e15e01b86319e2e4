import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ExecPlugin } from '../../cluster/signIn/execPlugin.ts';
import type { Memory } from './rememberedNamespaces.ts';

/** What the question needs of the editor. */
export interface ExecPluginAsker {
  readonly workspaceFolders: () => readonly string[];
  readonly isTrusted: () => boolean;
  /** A modal question. @returns whether the user said yes */
  readonly ask: (question: string, detail: string) => Promise<boolean>;
}

const key = 'modelDeck.allowedExecPlugins';

/** Allowed kubeconfigs are forgotten after so many, the oldest first. */
const longestMemory = 100;

/**
 * Whether a credential plugin may run. A kubeconfig of the user's own is trusted, as by kubectl. One that lies in the
 * workspace came with it, so that the user is asked before a program runs that it names; a yes counts for this very file,
 * command and arguments, until the file changes.
 */
export function execPluginQuestion(memory: Memory, asker: ExecPluginAsker): (plugin: ExecPlugin) => Promise<boolean> {
  return async (plugin) => {
    if (!(await isInside(plugin.file, asker.workspaceFolders()))) return true;
    if (!asker.isTrusted()) return false;
    const allowed = read(memory.get<unknown>(key));
    const fingerprint = await fingerprintOf(plugin);
    if (allowed.includes(fingerprint)) return true;
    const command = [plugin.command, ...plugin.args].join(' ');
    const variables = plugin.variables.length > 0 ? `\n\nIt sets: ${plugin.variables.join(', ')}` : '';
    const isAllowed = await asker.ask(
      'Run a program that a kubeconfig of this workspace names?',
      `${plugin.file} wants to run, for its credentials:\n\n${command}${variables}`,
    );
    if (isAllowed) await memory.update(key, [...allowed, fingerprint].slice(-longestMemory));
    return isAllowed;
  };
}

async function isInside(file: string, folders: readonly string[]): Promise<boolean> {
  const real = await resolved(file);
  const roots = await Promise.all(folders.map(resolved));
  return [...folders, ...roots].some((root) => [file, real].some((candidate) => lies(candidate, root)));
}

function lies(file: string, root: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

/** Without links, as far as the file is there. */
function resolved(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}

/** The content is part of it, since a kubeconfig also sets variables, which can make another program of it. */
async function fingerprintOf({ file, command, args }: ExecPlugin): Promise<string> {
  const content = await readFile(file).catch(() => '');
  return createHash('sha256')
    .update(JSON.stringify([file, command, args]))
    .update(content)
    .digest('hex');
}

function read(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
