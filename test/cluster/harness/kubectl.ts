import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import type { Cluster, KubectlOptions } from './cluster.ts';

/** What kubectl says when it fails. */
export class KubectlError extends Error {
  constructor(
    readonly args: readonly string[],
    readonly exitCode: number | null,
    /** Its standard error. */
    readonly stderr: string,
    /** What it had printed until then. */
    readonly stdout: string,
  ) {
    super(`kubectl ${args.join(' ')} failed: ${stderr.trim()}`);
    this.name = 'KubectlError';
  }
}

/** Where kubectl is, whom it asks, and where its cache goes. */
export type KubectlProgram = Pick<Cluster, 'kubectlPath' | 'kubeconfig' | 'folder'>;

/** Starts kubectl with one kubeconfig and no other. */
export function startKubectl(
  { kubectlPath, kubeconfig, folder }: KubectlProgram,
  args: readonly string[],
  options: Pick<SpawnOptions, 'stdio' | 'signal'>,
): ChildProcess {
  const env = { ...process.env, HOME: folder, KUBECONFIG: kubeconfig };
  return spawn(kubectlPath, [`--kubeconfig=${kubeconfig}`, ...args], { ...options, env });
}

/** Runs kubectl as the administrator, or with another kubeconfig, and gives what it prints. */
export async function runKubectl(
  program: KubectlProgram,
  args: readonly string[],
  { input, kubeconfig = program.kubeconfig, signal }: KubectlOptions = {},
): Promise<string> {
  const child = startKubectl({ ...program, kubeconfig }, args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // It may end before it has read everything.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new KubectlError(args, code, stderr, stdout);
  return stdout;
}
