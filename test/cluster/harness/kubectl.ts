import { spawn } from 'node:child_process';
import type { KubectlOptions } from './cluster.ts';

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

/** Runs kubectl with one kubeconfig and no other; its cache goes into the cluster's folder. */
export async function runKubectl(
  program: { readonly kubectlPath: string; readonly kubeconfig: string; readonly folder: string },
  args: readonly string[],
  { input, kubeconfig = program.kubeconfig, signal }: KubectlOptions = {},
): Promise<string> {
  const child = spawn(program.kubectlPath, [`--kubeconfig=${kubeconfig}`, ...args], {
    env: { ...process.env, HOME: program.folder, KUBECONFIG: kubeconfig },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // It may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new KubectlError(args, code, stderr, stdout);
  return stdout;
}
