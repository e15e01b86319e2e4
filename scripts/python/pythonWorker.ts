import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A Python script that answers each line of JSON with a line of JSON, in the order of the questions. */
export class PythonWorker {
  private readonly child: ChildProcess;
  private readonly waiting: {
    readonly resolve: (answer: unknown) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  private readonly words: string[] = [];
  private readonly ended: Promise<void>;
  /** Set when the process is gone: nobody is left to answer. */
  private end: Error | undefined;

  constructor(
    python: string,
    script: string,
    options: { readonly args?: readonly string[]; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ) {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', ...options.env };
    this.child = spawn(python, [script, ...(options.args ?? [])], { ...options, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr?.on('data', (text: Buffer) => this.words.push(text.toString()));
    // A script that has ended does not read; its exit says more than the broken pipe.
    this.child.stdin?.on('error', () => undefined);
    if (this.child.stdout) {
      createInterface({ input: this.child.stdout }).on('line', (line) =>
        this.waiting.shift()?.resolve(JSON.parse(line)),
      );
    }
    this.ended = new Promise((resolve) => {
      const end = (why: string): void => {
        const said = this.words.join('').trim().split('\n').slice(-4).join(' / ');
        this.end = new Error(`${script} ended (${why}): ${said}`);
        for (const { reject } of this.waiting.splice(0)) reject(this.end);
        resolve();
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('close', (code, signal) => end(signal ?? `code ${code}`));
    });
  }

  /** @throws Error with the script's last words when it ends without an answer, or has ended */
  ask<Answer>(question: unknown): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.end) return reject(this.end);
      this.waiting.push({ resolve: (answer) => resolve(answer as Answer), reject });
      this.child.stdin?.write(`${JSON.stringify(question)}\n`);
    });
  }

  /** Resolves when the process is gone. */
  async close(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
  }
}
