import { isRecord, own, type JsonObject } from '../../foundation/json.ts';
import { elementsOfBytes, numbersOfBytes, plainNumbers } from './v2Datatypes.ts';

/**
 * A V2 answer whose outputs are bytes after the JSON, as one text of JSON: what reads and shows answers then knows one form.
 * @param jsonLength the value of the header Inference-Header-Content-Length
 * @throws SyntaxError for a head that is no JSON; ModelDeckError `invalid-input` for bytes that are no elements
 */
export function jsonOfBinaryAnswer(body: Uint8Array, jsonLength: number): string {
  const answer = JSON.parse(Buffer.from(body.subarray(0, jsonLength)).toString('utf8')) as unknown;
  const outputs = isRecord(answer) ? own(answer, 'outputs') : undefined;
  if (!isRecord(answer) || !Array.isArray(outputs)) return JSON.stringify(answer);
  let at = jsonLength;
  const read = (outputs as readonly unknown[]).map((output) => {
    const size = isRecord(output) ? sizeOf(output) : undefined;
    if (!isRecord(output) || size === undefined) return output;
    const bytes = body.subarray(at, at + size);
    at += size;
    return withData(output, bytes);
  });
  return JSON.stringify({ ...answer, outputs: read });
}

function withData({ parameters, ...output }: JsonObject, bytes: Uint8Array): JsonObject {
  const [name, datatype] = [String(output['name']), String(output['datatype'])];
  const rest = Object.entries(isRecord(parameters) ? parameters : {}).filter(([key]) => key !== 'binary_data_size');
  const data =
    datatype === 'BYTES'
      ? elementsOfBytes(bytes, name).map((element) => Buffer.from(element).toString('utf8'))
      : Array.from(plainNumbers(numbersOfBytes(bytes, datatype, name), datatype));
  return { ...output, ...(rest.length > 0 && { parameters: Object.fromEntries(rest) }), data };
}

function sizeOf(output: JsonObject): number | undefined {
  const parameters = own(output, 'parameters');
  const size = isRecord(parameters) ? own(parameters, 'binary_data_size') : undefined;
  return Number.isSafeInteger(size) && (size as number) >= 0 ? (size as number) : undefined;
}
