import type { Readable } from 'node:stream';
import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ClaimPlace } from './claimPlace.ts';
import type { Script } from './scripts.ts';
import { scriptError } from './scriptError.ts';

/** Runs scripts in the claim's folder. */
export interface ClaimShell {
  readonly place: ClaimPlace;
  /** Whether a command would run at once. */
  isUp(): boolean;
  /** Starts the pod when it is not there. @throws ModelDeckError of {@link scriptError} when the script fails; what the connection throws */
  run(script: Script, args: readonly string[], call: ScriptCall): Promise<ScriptAnswer>;
}

export interface ScriptCall {
  /** For the sentence about a failure, for example `receive resnet18 1.0`. */
  readonly doing: string;
  /** Bytes that the claim still has to take, for the sentence about a full disk. */
  readonly needs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly stdin?: Readable;
  /** Bytes of the standard input that have left so far. */
  readonly onSent?: (bytes: number) => void;
  /** Milliseconds without any sign of life after which the call is given up as `timeout`. */
  readonly silenceMs: number;
}

export interface ScriptAnswer {
  readonly stdout: string;
  readonly stderr: string;
}

/** Bytes of an answer that are kept: the records of ten thousand models with a few labels each. */
const longestAnswer = 64 << 20;

export async function runScript(
  connection: ClusterConnection,
  place: ClaimPlace,
  pod: { readonly name: string; readonly container: string },
  script: Script,
  args: readonly string[],
  call: ScriptCall,
): Promise<ScriptAnswer> {
  const end = new AbortController();
  const watch = new SilenceWatch(call.silenceMs, () => end.abort(silence(place, call)));
  const answer = new Answer();
  const fail = (error: Error): void => end.abort(error);
  call.stdin?.once('error', fail);
  try {
    const result = await connection.exec(
      {
        namespace: place.namespace,
        pod: pod.name,
        container: pod.container,
        command: ['sh', '-c', withExitCode(script), script.name, ...args],
        ...(call.stdin && { stdin: call.stdin }),
        onStdout: (chunk) => {
          watch.life();
          answer.add(chunk);
        },
        onSent: (bytes) => {
          watch.life();
          call.onSent?.(bytes);
        },
      },
      { signal: call.signal ? AbortSignal.any([call.signal, end.signal]) : end.signal },
    );
    const { stdout, exitCode } = readExitCode(answer.text(), result.exitCode);
    if (exitCode !== 0) throw scriptError(place, call, { stdout, stderr: result.stderr, exitCode });
    return { stdout, stderr: result.stderr };
  } catch (error) {
    // Ended by ourselves: the reason says more than the cancellation that came of it.
    if (end.signal.aborted && !call.signal?.aborted) throw end.signal.reason;
    throw mayNotExec(error, place);
  } finally {
    watch.stop();
    call.stdin?.destroy();
  }
}

/** The exit code comes with the answer: not every way to a pod brings it, and an answer without it was cut off. */
function withExitCode({ text }: Script): string {
  return `(${text})\nprintf '\\nexit %s\\n' "$?"\n`;
}

function readExitCode(stdout: string, outer: number): { readonly stdout: string; readonly exitCode: number } {
  const [line, code] = /\nexit (\d+)\n$/.exec(stdout) ?? [];
  if (line !== undefined) return { stdout: stdout.slice(0, -line.length), exitCode: Number(code) };
  if (outer !== 0) return { stdout, exitCode: outer };
  throw new ModelDeckError('server', 'The answer of the upload pod was cut off.', { nextStep: { kind: 'retry' } });
}

function mayNotExec(error: unknown, { namespace, claim }: ClaimPlace): unknown {
  if (!ModelDeckError.is(error) || error.category !== 'forbidden') return error;
  return new ModelDeckError('forbidden', `The claim "${claim}" is read and written through a pod. ${error.message}`, {
    remedy: `Ask for the verbs "create" and "get" on "pods/exec" in ${namespace}.`,
    cause: error,
  });
}

function silence(place: ClaimPlace, { doing, silenceMs }: ScriptCall): ModelDeckError {
  const words = `Nothing has come from the upload pod for ${silenceMs / 1000} s while the claim "${place.claim}" should ${doing}.`;
  return new ModelDeckError('timeout', words, {
    remedy: 'Check the connection to the cluster and the volume behind the claim, then try again.',
    nextStep: { kind: 'retry' },
  });
}

/** A standard output. */
class Answer {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  add(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size <= longestAnswer) this.chunks.push(chunk);
  }

  /** @throws ModelDeckError `unsupported` when it was longer than anything that we ask for */
  text(): string {
    if (this.size <= longestAnswer) return Buffer.concat(this.chunks).toString('utf8');
    throw new ModelDeckError(
      'unsupported',
      `The upload pod answered with ${this.size} bytes, more than can be a list.`,
      {
        remedy: 'Look into the claim: it may hold folders that are no models.',
      },
    );
  }
}

class SilenceWatch {
  private timer: NodeJS.Timeout;

  constructor(milliseconds: number, onSilence: () => void) {
    this.timer = setTimeout(onSilence, milliseconds);
  }

  life(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
