import { ModelDeckError } from '../../foundation/error.ts';

/** A worker's own line, behind TorchServe's time, level, thread and logger. */
const workerLine = /-(?:stdout|stderr) (?:MODEL_LOG|org\.pytorch\S*) - (.*)$/;
/** Last line of a Python traceback. */
const exception = /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit)(?::\s.*)?$/;
/** What Java says when a worker has died, behind the traceback. */
const died = /Load model failed|Retry worker: /;

/**
 * Why the model cannot be loaded, as soon as the log says so: TorchServe itself would try again for minutes. Undefined
 * while it still may.
 *
 * @param lines what TorchServe has printed
 * @param ended how the process ended, when it has
 */
export function loadFailure(lines: readonly string[], ended: string | undefined): ModelDeckError | undefined {
  if (ended === undefined && !lines.some((line) => died.test(line))) return undefined;
  const words = lines.map((line) => workerLine.exec(line)?.[1]?.trim() ?? '');
  const raised = words.filter((line) => exception.test(line)).at(-1);
  const complaint = lines.filter((line) => /Exception|ERROR|[Ee]rror:/.test(line)).at(-1);
  const reason = raised ?? complaint ?? ended ?? 'the log has the reason';
  return new ModelDeckError('server', `TorchServe cannot load the model: ${reason.slice(0, 500)}`, {
    remedy: remedyFor(reason),
  });
}

function remedyFor(reason: string): string {
  const missing = /No module named ['"]([\w.]+)['"]/.exec(reason)?.[1];
  if (missing !== undefined) return `Install ${missing} into the Python environment that has TorchServe.`;
  return 'The log of the deployment has the traceback. Fix the model folder, and deploy again.';
}
