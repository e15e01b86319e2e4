/** Longest answer that is kept for display, in characters. */
const maxShownLength = 1024 * 1024;
/** How much of a base64 text is shown: enough to recognise the format by. */
const shownBase64Length = 48;
/** How many numbers of a tensor are shown. */
const shownNumbers = 12;

/** A request body for the eye: images and tensors are cut. @param jsonLength where the bytes of tensors begin */
export function shownRequest(body: string | Uint8Array, jsonLength?: number): string {
  if (typeof body !== 'string') {
    const json = Buffer.from(body).toString('utf8', 0, jsonLength);
    return jsonLength === undefined ? json : `${json}… (${body.length - jsonLength} bytes of the tensor)`;
  }
  return shortenTensor(
    body.replace(
      /[A-Za-z0-9+/=]{200,}/g,
      (text) => `${text.slice(0, shownBase64Length)}… (${text.length} characters of base64)`,
    ),
  );
}

export function shownAnswer(body: string): string {
  if (body.length <= maxShownLength) return body;
  return `${body.slice(0, maxShownLength)}… (${body.length - maxShownLength} more characters)`;
}

/** Our own requests have one list of numbers, at the end. */
function shortenTensor(body: string): string {
  const start = body.indexOf('"data":[');
  if (start === -1 || !/^[-\d]/.test(body.slice(start + 8, start + 9))) return body;
  const from = start + 8;
  const to = body.indexOf(']', from);
  const numbers = body.slice(from, to).split(',');
  if (numbers.length <= shownNumbers) return body;
  return `${body.slice(0, from)}${numbers.slice(0, shownNumbers).join(',')}, … (${numbers.length} numbers)${body.slice(to)}`;
}
