import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A real file system of its own in memory. */
export interface MountedDisk {
  readonly folder: string;
  /** From now on nothing can be written to it. */
  readonly makeReadOnly: () => void;
  readonly unmount: () => void;
}

/** Why no disk can be mounted here, as a reason to skip; false where it can. */
export const cannotMount = ((): string | false => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a small disk';
  const folder = mkdtempSync(path.join(tmpdir(), 'model-deck-mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'model-deck-test', folder]);
  if (status === 0) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return status === 0 ? false : 'mounting is not allowed here';
})();

/** @param size for example `1m` */
export function mountDisk(size: string): MountedDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'model-deck-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'model-deck-test', folder]);
  return {
    folder,
    makeReadOnly: () => void execFileSync('mount', ['-o', 'remount,ro', folder]),
    unmount: () => {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
