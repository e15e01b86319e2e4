import { unwatchFile, watch, watchFile } from 'node:fs';
import type { FSWatcher, StatsListener } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';

/** In milliseconds. */
const timing = {
  /** Writers touch a file several times in a row. */
  settle: 200,
  /** For what folders do not tell: a linked file, a network drive, a folder that is not there yet. */
  poll: 5000,
};

/**
 * Tells when one of the files has changed, come or gone. Their folders are watched, since tools replace a kubeconfig by
 * renaming another file to its name; and the files are looked at now and then.
 *
 * @returns the function that ends it
 */
export function watchKubeconfig(files: readonly string[], onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let known = fingerprint(files);

  async function compare(): Promise<void> {
    const before = await known;
    known = fingerprint(files);
    const now = await known;
    if (!ended && now !== before) onChange();
  }

  const touched = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void compare(), timing.settle);
    timer.unref();
  };
  const polled: StatsListener = () => touched();
  for (const file of files) watchFile(file, { persistent: false, interval: timing.poll }, polled);
  const watchers = watchFolders(files, touched);
  return () => {
    ended = true;
    clearTimeout(timer);
    for (const file of files) unwatchFile(file, polled);
    for (const watcher of watchers) watcher.close();
  };
}

function watchFolders(files: readonly string[], touched: () => void): readonly FSWatcher[] {
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = path.dirname(file);
    folders.set(folder, (folders.get(folder) ?? new Set()).add(path.basename(file)));
  }
  return [...folders].flatMap(([folder, names]) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || names.has(name)) touched();
      });
      // The folder has gone: what comes in its place is found by looking.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
}

/** Changes with the files. */
async function fingerprint(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      return found === undefined ? '-' : `${found.ino} ${found.size} ${found.mtimeMs}`;
    }),
  );
  return states.join();
}
