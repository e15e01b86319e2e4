import { contractFields } from './contractFields.ts';
import type { ContractField, ModelContract, Origin } from './modelContract.ts';

/** Where values come from, as text: `assumed`, `graph`, `user`, or the name of a file. */
export type OriginTexts = Readonly<Record<string, string>>;

const words = ['assumed', 'graph', 'user'] as const;

/** An origin as `model-deck.yaml` and `contract.json` write it. {@link parseOrigin} reads it back. */
export function formatOrigin(origin: Origin): string {
  if (origin.from !== 'file') return origin.from;
  // A file that has the name of one of the words is written with its folder.
  return words.some((word) => word === origin.file) ? `./${origin.file}` : origin.file;
}

export function parseOrigin(text: string): Origin {
  const word = words.find((known) => known === text);
  return word === undefined ? { from: 'file', file: text.replace(/^\.\//, '') } : { from: word };
}

export function formatOrigins(origins: ModelContract['origins']): OriginTexts {
  return Object.fromEntries(
    contractFields.flatMap(({ field }) => {
      const origin = origins[field];
      return origin === undefined || origin.from === 'user' ? [] : [[field, formatOrigin(origin)]];
    }),
  );
}

/** @param texts of which names that are no fields are passed over */
export function parseOrigins(texts: OriginTexts): ModelContract['origins'] {
  return Object.fromEntries(
    contractFields.flatMap(({ field }) => {
      const text = Object.hasOwn(texts, field) ? texts[field] : undefined;
      return text === undefined ? [] : [[field, parseOrigin(text)]];
    }),
  );
}

/** An origin in words for panel and pages, for example "read from preprocessor_config.json". */
export function originWords(origin: Origin | undefined): string {
  switch (origin?.from) {
    case 'file':
      return `read from ${origin.file}`;
    case 'graph':
      return 'read from the graph';
    case 'assumed':
      return 'assumed';
    case 'user':
    case undefined:
      return 'said by you';
  }
}

/** The contract after somebody confirmed fields: what they confirm counts as said by the user from then on. */
export function confirmFields(contract: ModelContract, fields: readonly ContractField[]): ModelContract {
  const rest = Object.entries(contract.origins).filter(([field]) => !fields.includes(field as ContractField));
  return { ...contract, origins: Object.fromEntries(rest) };
}
