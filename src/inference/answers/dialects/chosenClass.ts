import { isRecord } from '../../../foundation/json.ts';
import type { OutputTensor } from '../../../kserve/index.ts';
import type { AnswerKnowledge, ModelAnswer } from '../answer.ts';
import type { AnswerDialect, ClassReading } from './dialect.ts';
import { classFields, classOf, field, isClassIndex, isNumber, severalAnswers, single, unwrapped } from './values.ts';

/** The class alone: `{"predictions": [2]}`, `["tabby"]`, `{"class": "tabby"}`, or one INT64 of V2. No probability is made up for it. */
export const chosenClass: AnswerDialect = {
  name: 'chosen-class',
  read(answer, knowledge) {
    const { contract } = knowledge;
    if (answer.tensors.length > 0) return ofTensors(answer.tensors, knowledge);
    const value = unwrapped(answer);
    if (isRecord(value)) {
      const found = field(value, classFields, (one) => classOf(one) !== undefined);
      const chosen = found && classOf(found.value);
      return chosen && { form: 'class', chosen };
    }
    // A number of a binary model is a probability, even when it is exactly 1.
    if (contract?.output.meaning === 'binary' && isNumber(single(value))) return undefined;
    const list = Array.isArray(value) ? (value as unknown[]) : [value];
    if (list.every((one) => typeof one === 'string')) return ofList(list, knowledge);
    const isAlone = list.length === 1 && isClassIndex(list[0]) && isWrittenWhole(answer);
    return isAlone ? ofList(list, knowledge) : undefined;
  },
};

function ofList(list: readonly unknown[], knowledge: AnswerKnowledge): ClassReading | undefined {
  const chosen = classOf(list[0]);
  return chosen && { form: 'class', chosen, notes: severalAnswers(list.length, knowledge) };
}

/** `1.0` is a number of some kind, `1` is counted: Python keeps the two apart. */
function isWrittenWhole({ text }: ModelAnswer): boolean {
  const [, first] = /"predictions"[^\d"]*(\d[\d.eE+-]*)/.exec(text) ?? [];
  return first === undefined || /^\d+$/.test(first);
}

function ofTensors(tensors: readonly OutputTensor[], knowledge: AnswerKnowledge): ClassReading | undefined {
  const [tensor] = tensors;
  if (tensor === undefined || tensors.length > 1) return undefined;
  const { datatype, data } = tensor;
  if (datatype === 'BYTES') return data.every((one) => typeof one === 'string') ? ofList(data, knowledge) : undefined;
  const isOne = data.length === (knowledge.pictures ?? 1);
  return /^U?INT(8|16|32|64)$/.test(datatype) && isOne ? ofList(data, knowledge) : undefined;
}
