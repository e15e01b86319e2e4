import type { Readable } from 'node:stream';
import { ModelDeckError } from '../../foundation/error.ts';
import { formatBytes } from '../../foundation/formatBytes.ts';
import type { Task } from '../../foundation/task.ts';
import { openChannels } from '../transport/channelSocket.ts';
import type { ChannelSocket } from '../transport/channelSocket.ts';
import type { ExecCommand, ExecResult } from '../clusterConnection.ts';
import type { KubeStatus } from '../clusterErrors.ts';
import { statusError } from '../clusterErrors.ts';
import { podPath, withQuery } from '../objects/resourcePath.ts';
import type { Rest } from '../transport/rest.ts';
import { openTail } from '../transport/tail.ts';

/** Channels of `v4.channel.k8s.io`; `v5` adds the one that ends another. */
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const v5 = 'v5.channel.k8s.io';

/** Bytes of standard input in a message. The server takes any size from 32 KiB to 1 MiB alike; this costs us the least. */
const messageBytes = 128 * 1024;
/** Bytes that may wait in our memory for the network. */
const maxWaiting = 4 * 1024 * 1024;
const maxStdout = 1024 * 1024;
const maxStderr = 64 * 1024;
/**
 * The status comes apart from the output, of which some may still be on its way: a server ends the connection when all is
 * sent. One that does not is believed after so many milliseconds without a message.
 */
const lastOutputMs = 3000;

/** Runs a command in a container and waits for its end. */
export async function execCommand(rest: Rest, command: ExecCommand, task?: Task): Promise<ExecResult> {
  const { namespace, pod, container, stdin, onStdout } = command;
  const doing = `run ${command.command[0] ?? ''} in Pod ${namespace}/${pod}`;
  const path = withQuery(podPath(namespace, pod, 'exec'), {
    ...{ container, command: command.command, stdin: stdin !== undefined, stdout: true, stderr: true },
  });
  const stdout = openTail(maxStdout);
  const stderr = openTail(maxStderr);
  let sent = 0;
  let finish: { resolve: (status: string) => void; reject: (error: unknown) => void };
  const finished = new Promise<string>((resolve, reject) => (finish = { resolve, reject }));
  finished.catch(() => undefined);
  let status: string | undefined;
  let believed: NodeJS.Timeout | undefined;
  const end = (): void => finish.resolve(status ?? '');

  let socket: ChannelSocket;
  try {
    socket = await openChannels(
      rest,
      { path, doing, protocols: [v5, 'v4.channel.k8s.io'] },
      {
        onMessage(channel, data) {
          if (channel === channels.stdout) (onStdout ?? stdout.add)(data);
          else if (channel === channels.stderr) stderr.add(data);
          else if (channel === channels.status) {
            status = data.toString('utf8');
            believed = setTimeout(end, lastOutputMs);
          }
          believed?.refresh();
        },
        onEnd(error = new Error('the connection ended before the command did')) {
          if (status !== undefined) end();
          else finish.reject(rest.broken(`${doing}${stdin ? `, after ${formatBytes(sent)} were sent` : ''}`, error));
        },
      },
      task,
    );
  } catch (error) {
    stdin?.destroy();
    throw error;
  }
  const cancel = (): void => finish.reject(ModelDeckError.cancelled());
  task?.signal?.addEventListener('abort', cancel, { once: true });
  if (task?.signal?.aborted) cancel();
  try {
    const pumped = stdin && sendStdin(stdin, socket, (bytes) => command.onSent?.((sent += bytes)));
    pumped?.catch((error: unknown) => finish.reject(error));
    const exitCode = exitCodeOf(rest, doing, await finished);
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    clearTimeout(believed);
    task?.signal?.removeEventListener('abort', cancel);
    stdin?.destroy();
    socket.close();
  }
}

/** Sends a stream, as fast as the other side takes it. Ends early when the stream is destroyed. */
async function sendStdin(stdin: Readable, socket: ChannelSocket, onSent: (bytes: number) => void): Promise<void> {
  let goOn: (() => void) | undefined;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let start = 0; start < data.length; start += messageBytes) {
      const part = data.subarray(start, start + messageBytes);
      socket.send(channels.stdin, part, () => {
        onSent(part.length);
        goOn?.();
      });
    }
    while (socket.waiting() > maxWaiting) await new Promise<void>((resolve) => (goOn = resolve));
  }
  if (socket.protocol === v5) socket.send(channels.close, Buffer.of(channels.stdin));
}

/** What the status channel says at the end: success, the exit code, or why the command could not be run. */
function exitCodeOf(rest: Rest, doing: string, text: string): number {
  const { status, message, details, code } = JSON.parse(text) as Partial<KubeStatus> & { readonly status?: string };
  if (status === 'Success') return 0;
  const exitCode = Number(details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message ?? NaN);
  if (Number.isInteger(exitCode)) return exitCode;
  throw statusError(rest.attempt(doing), {
    kind: 'Status',
    code: code ?? 500,
    message: message ?? 'the command could not be run',
    ...(details !== undefined && { details }),
  });
}
