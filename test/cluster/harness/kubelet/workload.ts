import type { ContainerLog } from './containerLog.ts';
import type { Forward } from './kwokObjects.ts';

/** What runs in a container's place, from one start to its end. */
export interface Workload {
  /** Resolves when its readiness probe would succeed, which may be never. */
  readonly ready: Promise<void>;
  /** Resolves when it ends by itself. */
  readonly ended: Promise<ContainerEnd>;
  readonly forwards: readonly Forward[];
  readonly stop: () => Promise<void>;
}

export interface ContainerEnd {
  readonly exitCode: number;
  /** `Error` or `Completed` by the exit code when left out. */
  readonly reason?: 'OOMKilled';
}

const never = new Promise<never>(() => undefined);
const nothing = (): Promise<void> => Promise.resolve();

/** A container that just is there: commands are run in it from outside, if any. */
export function idle(): Workload {
  return { ready: nothing(), ended: never, forwards: [], stop: nothing };
}

/** An init container whose work is done at once. */
export function completed(): Workload {
  return { ready: never, ended: Promise.resolve({ exitCode: 0 }), forwards: [], stop: nothing };
}

/** KServe's storage initializer for a storage URI at which there is nothing. */
export function failingDownload(args: readonly string[], log: ContainerLog): Workload {
  const [uri = '', folder = '/mnt/models'] = args;
  const stamp = (): string => new Date().toISOString().slice(0, 19).replace('T', ' ');
  const line = (level: string, file: string, words: string): void =>
    log.write(`${stamp()}.000 1 kserve ${level} [${file}] ${words}`, 'stderr');
  line(
    'INFO',
    'initializer-entrypoint:<module>():19',
    `Initializing, args: (src_uri, dest_path): [('${uri}', '${folder}')]`,
  );
  line('INFO', 'kserve_storage.py:download():216', `Copying contents of ${uri} to local`);
  const reason = `Failed to fetch model. No model found in ${uri}.`;
  line('ERROR', 'initializer-entrypoint:<module>():31', `Storage initialization failed: ${reason}`);
  return { ready: never, ended: Promise.resolve({ exitCode: 1 }), forwards: [], stop: nothing };
}
