import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** The log of one run of a container, in the form that container runtimes write: time, stream, `F`, line. */
export interface ContainerLog {
  readonly file: string;
  readonly write: (line: string, stream?: 'stdout' | 'stderr') => void;
  /** Its last lines, as a kubelet takes them for a termination message: at most 80 lines and 2048 bytes. */
  readonly tail: () => string;
  /** Resolves when all of it is in the file. */
  readonly close: () => Promise<void>;
}

const tailLines = 80;
const tailBytes = 2048;

export async function openContainerLog(folder: string, container: string, restartCount: number): Promise<ContainerLog> {
  const file = path.join(folder, container, `${restartCount}.log`);
  await mkdir(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'a' });
  await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
  const lines: string[] = [];
  return {
    file,
    write: (line, name = 'stdout') => {
      lines.push(line);
      lines.splice(0, lines.length - tailLines);
      stream.write(`${new Date().toISOString()} ${name} F ${line}\n`);
    },
    tail: () =>
      Buffer.from(lines.map((line) => `${line}\n`).join(''))
        .subarray(-tailBytes)
        .toString(),
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}
