import type { KnownContract } from '../../../contract/completeContract.ts';
import { contractFields } from '../../../contract/contractFields.ts';
import { keyOf } from '../../../contract/contractJson.ts';
import type { ContractField, Origin } from '../../../contract/modelContract.ts';
import type { SourceReading } from './contractSource.ts';

interface Said {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Two sources that say different things of one field. */
export interface Disagreement {
  readonly field: ContractField;
  readonly taken: Said;
  readonly other: Said;
}

/** Fields that follow from others, so that a difference of them is none of its own. */
const derived: ReadonlySet<ContractField> = new Set(['output.activation', 'input.resize', 'input.std']);

/** Lays readings over each other; of two that say the same field the earlier one counts. */
export function mergeReadings(readings: readonly SourceReading[]): {
  readonly known: KnownContract;
  readonly disagreements: readonly Disagreement[];
} {
  const said = new Map<ContractField, Said>();
  const disagreements: Disagreement[] = [];
  for (const reading of readings) {
    const wrongSize = new Set<ContractField>();
    for (const { field } of contractFields) {
      const value = valueOf(reading, field);
      if (value === undefined) continue;
      const taken = said.get(field);
      if (taken === undefined) continue;
      if (isSame(taken.value, value)) continue;
      // A picture that is made for another size is not made for this one.
      if (field === 'input.width' || field === 'input.height') wrongSize.add('input.resize');
      if (reading.origin.from === 'assumed') continue;
      if (!derived.has(field)) disagreements.push({ field, taken, other: { value, origin: reading.origin } });
    }
    for (const { field } of contractFields) {
      const value = valueOf(reading, field);
      if (value !== undefined && !said.has(field) && !wrongSize.has(field)) {
        said.set(field, { value, origin: reading.origin });
      }
    }
  }
  return { known: contractOf(said), disagreements };
}

function contractOf(said: ReadonlyMap<ContractField, Said>): KnownContract {
  const half = (name: string): Record<string, unknown> =>
    Object.fromEntries(
      [...said].flatMap(([field, { value }]) => (field.startsWith(name) ? [[keyOf(field), value]] : [])),
    );
  return {
    input: half('input.'),
    output: half('output.'),
    origins: Object.fromEntries([...said].map(([field, { origin }]) => [field, origin])),
  };
}

function valueOf({ input, output }: SourceReading, field: ContractField): unknown {
  const half: Readonly<Record<string, unknown>> = { ...(field.startsWith('input.') ? input : output) };
  return half[keyOf(field)];
}

/** One number per channel that is the same for all is the same as one for all. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    const length = Math.max(one.length, other.length);
    const at = (list: readonly unknown[], index: number): number => Number(list[list.length === 1 ? 0 : index]);
    return Array.from({ length }, (_, index) => Math.abs(at(one, index) - at(other, index)) < 1e-3).every(Boolean);
  }
  return JSON.stringify(one) === JSON.stringify(other);
}
