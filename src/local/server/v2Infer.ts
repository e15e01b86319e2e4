import { ModelDeckError } from '../../foundation/error.ts';
import { parseV2Request, plainNumbers, v2Answer } from '../../kserve/index.ts';
import type { AnswerTensor, V2Request, WantedOutput } from '../../kserve/index.ts';
import type { Backend } from './backend.ts';
import type { Answer, Call } from './call.ts';

interface Served {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly backend: Backend;
}

/**
 * Answers V2's infer with what the metadata says, or with those outputs that are wanted: as JSON, as bytes after it, or as the
 * strings of Triton's classification extension.
 * @throws ModelDeckError `invalid-input` for a request that is wrong, and what the backend throws
 */
export async function infer(served: Served, body: Uint8Array, { jsonLength, signal }: Call): Promise<Answer> {
  const { modelName, modelVersion, backend } = served;
  const request = parseV2Request(body, jsonLength);
  checkOutputs(request, served);
  const outputs = await backend.infer(request.inputs, signal);
  const { id } = request;
  const answer = v2Answer({
    ...(id !== undefined && { id }),
    modelName,
    modelVersion,
    outputs: wantedOutputs(outputs, request, backend.labels),
  });
  return { status: 200, ...answer };
}

/** Before anything is computed: a name that is wrong is told with those that are right. */
function checkOutputs({ outputs }: V2Request, { modelName, backend }: Served): void {
  const names = backend.outputs.map(({ name }) => name);
  const wrong = outputs.find(({ name }) => !names.includes(name));
  if (!wrong) return;
  throw new ModelDeckError(
    'invalid-input',
    `Model with name ${modelName} has no output "${wrong.name}", but ${names.map((name) => `"${name}"`).join(', ')}.`,
  );
}

function wantedOutputs(
  outputs: readonly AnswerTensor[],
  request: V2Request,
  labels: readonly string[] | undefined,
): readonly AnswerTensor[] {
  const wanted: readonly WantedOutput[] =
    request.outputs.length > 0 ? request.outputs : outputs.map(({ name }) => ({ name }));
  return wanted.flatMap(({ name, classes, isBinary = request.isBinary }) => {
    const output = outputs.find((one) => one.name === name);
    if (!output) return [];
    const shaped = classes === undefined ? output : classified(output, classes, labels);
    return [isBinary ? { ...shaped, isBinary } : shaped];
  });
}

/** The largest values of each row as `value:index:label`. */
function classified(output: AnswerTensor, count: number, labels: readonly string[] | undefined): AnswerTensor {
  const { name, shape, datatype, data } = output;
  if (datatype === 'BYTES') return output;
  const numbers = Array.from(plainNumbers(data as Float32Array, datatype));
  const rows = shape.length > 1 ? (shape[0] ?? 1) : 1;
  const length = numbers.length / rows;
  const kept = Math.min(count, length);
  const texts = Array.from({ length: rows }, (_, row) => {
    const ranked = numbers
      .slice(row * length, (row + 1) * length)
      .map((value, index) => ({ value, index }))
      .sort((a, b) => b.value - a.value)
      .slice(0, kept);
    const hasLabels = labels?.length === length;
    return ranked.map(
      ({ value, index }) => `${value.toFixed(6)}:${index}${hasLabels ? `:${labels[index] ?? ''}` : ''}`,
    );
  });
  return { name, datatype: 'BYTES', shape: shape.length > 1 ? [rows, kept] : [kept], data: texts.flat() };
}
