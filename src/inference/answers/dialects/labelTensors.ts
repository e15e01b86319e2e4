import type { OutputTensor } from '../../../kserve/index.ts';
import type { AnswerDialect, Reading } from './dialect.ts';
import { classOf, isNumber, saidBy } from './values.ts';

/**
 * Two outputs of V2 that belong together, maybe beside others: `label` and `confidence` of one length (triton#1649), `indices` and
 * `values` of a top-k, or the chosen `label` beside the `probabilities` of all classes (sklearn-onnx).
 */
export const labelTensors: AnswerDialect = {
  name: 'label-tensors',
  read({ tensors }, { contract }) {
    if (tensors.length < 2 || contract?.output.name !== undefined) return undefined;
    const labels = tensors.filter(isOfClasses);
    const numbers = tensors.filter((tensor) => !labels.includes(tensor) && isOfNumbers(tensor));
    const readings = labels.flatMap((label) =>
      numbers.flatMap((number) => {
        const reading = together(label, number);
        // Beside others only what is named as a number for classes: a time is as long as a class that was chosen.
        const isSure = tensors.length === 2 || /prob|softmax|conf|score|value/i.test(number.name);
        return reading && isSure ? [reading] : [];
      }),
    );
    const [only, ...others] = readings.filter(({ form }) => form === 'named');
    if (only) return others.length === 0 ? only : undefined;
    return readings.length === 1 ? readings[0] : undefined;
  },
};

function together(labels: OutputTensor, numbers: OutputTensor): Reading | undefined {
  const said = saidBy(numbers.name);
  const values = numbers.data as readonly number[];
  if (labels.data.length === values.length) {
    const named = values.map((value, place) => ({ ...classOf(labels.data[place]), value }));
    return { form: 'named', values: named, said };
  }
  const chosen = labels.data.length === 1 ? classOf(labels.data[0]) : undefined;
  return chosen && { form: 'numbers', rows: [values], output: numbers.name, said, chosen };
}

function isOfNumbers({ datatype, data }: OutputTensor): boolean {
  return /^(FP|BF)/.test(datatype) && data.length > 0 && data.every(isNumber);
}

function isOfClasses({ name, datatype, data }: OutputTensor): boolean {
  const isNamed = /label|class|categor|name|index|indices|ids?$/i.test(name);
  return isNamed && (datatype === 'BYTES' || /INT/.test(datatype)) && data.every((one) => classOf(one) !== undefined);
}
