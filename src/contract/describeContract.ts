import { contractFields } from './contractFields.ts';
import { keyOf } from './contractJson.ts';
import type { ContractField, ModelContract } from './modelContract.ts';
import { originWords } from './origins.ts';

/** One line of the contract, for panel and pages. */
export interface ContractRow {
  readonly field: ContractField;
  /** For example "Mean". */
  readonly label: string;
  /** For example "0.485, 0.456, 0.406". */
  readonly value: string;
  /** For example "read from preprocessor_config.json". */
  readonly origin: string;
  readonly assumed: boolean;
}

/** The contract in words, every field that it has, in the order of the contract. */
export function describeContract(contract: ModelContract): readonly ContractRow[] {
  return contractFields.flatMap(({ field, label, words }) => {
    const half: Readonly<Record<string, unknown>> = {
      ...(field.startsWith('input.') ? contract.input : contract.output),
    };
    const value = half[keyOf(field)];
    if (value === undefined) return [];
    const origin = contract.origins[field];
    return [
      { field, label, value: words(value as never), origin: originWords(origin), assumed: origin?.from === 'assumed' },
    ];
  });
}

/**
 * The note that stands beside each prediction while something is assumed; undefined when everything is known.
 * For example "Assumed, not read: Mean, Standard deviation."
 */
export function assumedNote(contract: ModelContract): string | undefined {
  const labels = describeContract(contract).flatMap(({ assumed, label }) => (assumed ? [label] : []));
  return labels.length === 0 ? undefined : `Assumed, not read: ${labels.join(', ')}.`;
}
