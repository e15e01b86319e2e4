import type { OutputTensor } from '../../../kserve/index.ts';
import type { ClassValue } from '../answer.ts';
import type { AnswerDialect } from './dialect.ts';
import { severalAnswers } from './values.ts';

/**
 * Triton's classification extension: BYTES of `value:index` or `value:index:label`, the value first and as the model gave it, so
 * that it is a probability only when the graph ends in one.
 */
export const tritonClassification: AnswerDialect = {
  name: 'triton-classification',
  read({ tensors }, knowledge) {
    const { contract } = knowledge;
    const texts = tensors.filter((tensor) => tensor.datatype === 'BYTES' && parsed(tensor) !== undefined);
    const tensor = texts.find(({ name }) => name === contract?.output.name) ?? texts[0];
    const values = tensor && parsed(tensor);
    if (!tensor || !values) return undefined;
    const rows = tensor.shape.length > 1 ? (tensor.shape[0] ?? 1) : 1;
    const count = rows > 1 && values.length % rows === 0 ? values.length / rows : values.length;
    return {
      form: 'named',
      values: values.slice(0, count),
      said: 'scores',
      notes: severalAnswers(rows, knowledge),
    };
  },
};

function parsed({ data }: OutputTensor): readonly (ClassValue & { readonly value: number })[] | undefined {
  const read = data.map((element) => {
    // A label may have colons of its own.
    const match = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|-?nan|-?inf):(\d+)(?::([^]*))?$/i.exec(String(element));
    if (!match) return undefined;
    const [, value, index, label] = match;
    return { ...(label !== undefined && label !== '' && { label }), index: Number(index), value: Number(value) };
  });
  return read.length > 0 && read.every((one) => one !== undefined) ? read : undefined;
}
