import type { OutputTensor } from '../../../kserve/index.ts';
import type { AnswerDialect } from './dialect.ts';
import { classOf, isNumber, saidBy } from './values.ts';

/**
 * Two outputs of V2 that belong together: `label` and `confidence` of one length (triton#1649), or the chosen `label` beside the
 * `probabilities` of all classes (sklearn-onnx).
 */
export const labelTensors: AnswerDialect = {
  name: 'label-tensors',
  read({ tensors }, { contract }) {
    if (tensors.length !== 2 || contract?.output.name !== undefined) return undefined;
    const labels = tensors.find(isOfClasses);
    const numbers = tensors.find((tensor) => tensor !== labels && /^(FP|BF)/.test(tensor.datatype));
    if (!labels || !numbers?.data.every(isNumber)) return undefined;
    const said = saidBy(numbers.name);
    const values = numbers.data;
    if (labels.data.length === values.length) {
      const named = values.map((value, place) => ({ ...classOf(labels.data[place]), value }));
      return { form: 'named', values: named, said };
    }
    const chosen = labels.data.length === 1 ? classOf(labels.data[0]) : undefined;
    return chosen && { form: 'numbers', rows: [values], output: numbers.name, said, chosen };
  },
};

function isOfClasses({ name, datatype, data }: OutputTensor): boolean {
  const isNamed = /label|class|categor|name|index|indices|ids?$/i.test(name);
  return isNamed && (datatype === 'BYTES' || /INT/.test(datatype)) && data.every((one) => classOf(one) !== undefined);
}
