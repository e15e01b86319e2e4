import type { ClassOutput } from '../../../../src/contract/modelContract.ts';
import { interpret, modelAnswer, nameOf } from '../../../../src/inference/index.ts';
import type { AnswerKnowledge, Interpretation } from '../../../../src/inference/index.ts';
import { contractOf } from '../../contract/contracts.ts';

export type Knowledge = Omit<AnswerKnowledge, 'contract'> & { readonly output?: Partial<ClassOutput> };

function known({ output, ...rest }: Knowledge): AnswerKnowledge {
  return { ...rest, ...(output && { contract: contractOf(output) }) };
}

/** What a V1 answer with these predictions means; a text is the body itself. */
export function v1(predictions: unknown, knowledge: Knowledge = {}): Interpretation {
  const body = typeof predictions === 'string' ? predictions : JSON.stringify({ predictions });
  return interpret(modelAnswer(body, 'v1'), known(knowledge));
}

export interface Output {
  readonly name?: string;
  readonly shape?: readonly number[];
  readonly datatype?: string;
  readonly data: readonly unknown[];
  readonly parameters?: unknown;
}

/** What a V2 answer with these outputs means. */
export function v2(outputs: readonly Output[], knowledge: Knowledge = {}): Interpretation {
  const whole = outputs.map((output) => ({
    name: 'output',
    datatype: 'FP32',
    shape: [1, output.data.length],
    ...output,
  }));
  return interpret(modelAnswer(JSON.stringify({ model_name: 'm', outputs: whole }), 'v2'), known(knowledge));
}

/** An interpretation in one line a value, so that a test reads as what a user sees. */
export function shown({ kind, values }: Interpretation): readonly string[] {
  const percent = kind === 'probabilities' || kind === 'multi-label' || kind === 'binary';
  return [
    kind,
    ...values.map((one) => {
      if (one.value === undefined) return nameOf(one);
      const number = percent ? `${Number((one.value * 100).toFixed(2))} %` : String(Number(one.value.toPrecision(6)));
      return `${nameOf(one)} ${number}`;
    }),
  ];
}
