import { ModelDeckError } from '../foundation/error.ts';
import { isRecord, own, type JsonObject } from '../foundation/json.ts';
import { contractFields } from './contractFields.ts';
import { channelsOf, type ContractField, type ModelContract } from './modelContract.ts';
import { formatOrigins, parseOrigins } from './origins.ts';

/** Name under which a package carries its contract. */
export const contractFileName = 'contract.json';

/** The text of `contract.json`: `input`, `output` and `origins` with the field names of {@link ModelContract}. */
export function formatContract(contract: ModelContract): string {
  const { input, output, origins } = contract;
  return `${JSON.stringify({ input, output, origins: formatOrigins(origins) }, null, 2)}\n`;
}

/**
 * Reads the parsed JSON of a `contract.json`, which may come from anywhere.
 *
 * @param file that errors name
 * @throws ModelDeckError `invalid-input` that names file and field
 */
export function parseContract(value: unknown, file = contractFileName): ModelContract {
  if (!isRecord(value) || !isRecord(value.input) || !isRecord(value.output)) {
    throw wrong(file, 'it is not an object with "input" and "output"');
  }
  const input = part(value, 'input', file);
  const output = part(value, 'output', file);
  const texts = isRecord(value.origins) ? value.origins : {};
  const origins = Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  const contract = { input, output, origins: parseOrigins(origins) } as unknown as ModelContract;
  const channels = channelsOf(contract.input.colour);
  for (const key of ['mean', 'std'] as const) {
    if (contract.input[key].length === channels) continue;
    throw wrong(
      file,
      `input.${key} has ${contract.input[key].length} numbers, and the picture has ${channels} channels`,
    );
  }
  return contract;
}

/** The known fields of one half; what is not known is passed over, so that a newer Model Deck may write more. */
function part(value: JsonObject, half: 'input' | 'output', file: string): JsonObject {
  const from = value[half] as JsonObject;
  const fields = contractFields.filter(({ field }) => field.startsWith(`${half}.`));
  return Object.fromEntries(
    fields.flatMap(({ field, required, accepts, kind }) => {
      const key = keyOf(field);
      const item = own(from, key);
      if (item === undefined && required !== true) return [];
      if (item === undefined) throw wrong(file, `${field} is missing`);
      if (!accepts(item)) throw wrong(file, `${field} is not ${kind}`);
      return [[key, item]];
    }),
  );
}

/** `mean` of `input.mean`. */
export function keyOf(field: ContractField): string {
  return field.slice(field.indexOf('.') + 1);
}

function wrong(file: string, why: string): ModelDeckError {
  return new ModelDeckError('invalid-input', `${file} cannot be used: ${why}.`, {
    remedy: 'Package the model again, or correct the field.',
  });
}
