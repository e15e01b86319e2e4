import { isRecord, own } from '../../foundation/json.ts';

/** Longest text of a server that goes into a message, in characters. */
const maxLength = 500;

/**
 * What a server's error body says, in one line of at most 500 characters: `error` (KServe), `message` (TorchServe),
 * `detail` (FastAPI), or the first line of a plain text. Undefined for an HTML page or an empty body.
 */
export function readErrorText(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body) as unknown;
  } catch {
    const text = body.trim();
    return text === '' || text.startsWith('<') ? undefined : oneLine(text.slice(0, 4 * maxLength).split('\n')[0] ?? '');
  }
  if (typeof parsed === 'string') return oneLine(parsed);
  if (!isRecord(parsed)) return undefined;
  for (const key of ['error', 'message', 'detail']) {
    const value = own(parsed, key);
    if (typeof value === 'string' && value !== '') return oneLine(value);
    if (value !== undefined && value !== null && value !== '') return oneLine(JSON.stringify(value));
  }
  return undefined;
}

function oneLine(text: string): string {
  // Control characters could forge lines of the log.
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}
