import type { ErrorObject } from 'ajv';
import { nearestWord } from '../../foundation/nearestWord.ts';
import type { Finding, TextFix } from '../read/detection.ts';
import { blocksWith, fieldsAt, type SchemaNode } from './editor/schemaNodes.ts';
import { locate, spanOf, type KeyPath } from './locate.ts';

/** A complaint in our own words, what to do, and how to put it right at once. */
interface Said {
  readonly keys: KeyPath;
  readonly message: string;
  readonly remedy: string;
  readonly fixes?: readonly TextFix[];
}

/** What the validator of the schema found, in words for the reader of a `model-deck.yaml`. @param file its absolute path */
export function schemaFinding(error: ErrorObject, text: string, file: string): Finding {
  const { keys, message, remedy, fixes = [] } = said(error, text);
  return {
    code: 'spec-field',
    severity: 'error',
    message,
    remedy,
    location: { path: file, ...locate(text, keys) },
    ...(fixes.length > 0 && { fixes }),
  };
}

function said(error: ErrorObject, text: string): Said {
  const keys = error.instancePath.split('/').slice(1).map(unescaped);
  const { description = '' } = (error.parentSchema ?? {}) as SchemaNode;
  const params = error.params as Readonly<Record<string, unknown>>;
  const field = keys.length === 0 ? 'It' : `"${nameOf(keys)}"`;
  const is = `it is ${shown(error.data)}`;
  const tell = (message: string, remedy = description): Said => ({
    keys,
    message,
    remedy: remedy || 'Correct the value.',
  });
  switch (error.keyword) {
    case 'required':
      return missing(keys, String(params.missingProperty));
    case 'additionalProperties':
      return unknownField(keys, String(params.additionalProperty), text);
    case 'enum':
      return unknownValue(error, keys, text);
    case 'type':
      return tell(`${field} has to be ${types[String(params.type)] ?? String(params.type)}; ${is}.`);
    case 'minimum':
    case 'exclusiveMinimum':
      return tell(
        `${field} has to be ${error.keyword === 'minimum' ? 'at least' : 'more than'} ${String(params.limit)}; ${is}.`,
      );
    case 'maximum':
      return tell(`${field} has to be at most ${String(params.limit)}; ${is}.`);
    case 'minItems':
    case 'maxItems':
      return tell(
        `${field} has too ${error.keyword === 'minItems' ? 'few' : 'many'} items: ${String(params.limit)} is the ${error.keyword === 'minItems' ? 'least' : 'most'}.`,
      );
    case 'minLength':
      return tell(`${field} is empty.`);
    default:
      return tell(`${field} cannot be ${shown(error.data)}.`);
  }
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of fields',
};

function missing(keys: KeyPath, field: string): Said {
  const where = keys.length === 0 ? '' : ` in ${nameOf(keys)}`;
  const { description = '' } = fieldsAt(keys).find(([key]) => key === field)?.[1] ?? {};
  return { keys, message: `"${field}" is missing${where}.`, remedy: `Add ${field}. ${description}`.trim() };
}

function unknownField(parent: KeyPath, field: string, text: string): Said {
  const keys = [...parent, field];
  const where = parent.length === 0 ? '' : ` in ${nameOf(parent)}`;
  const known = fieldsAt(parent).map(([key]) => key);
  const near = nearestWord(field, known);
  const span = spanOf(text, keys, 'key');
  const unknown = `Unknown field "${field}"${where}.`;
  if (near !== undefined) {
    const fixes = span === undefined ? [] : [{ title: `Write "${near}"`, ...span, text: near }];
    return { keys, message: `${unknown} Did you mean "${near}"?`, remedy: `Write ${near}.`, fixes };
  }
  const blocks = blocksWith(field).filter((block) => block !== parent[0]);
  if (blocks.length > 0) {
    return {
      keys,
      message: `${unknown} It belongs under ${blocks.join(' or ')}.`,
      remedy: `Move it to ${blocks.join(' or ')}.`,
    };
  }
  return {
    keys,
    message: unknown,
    remedy: `Delete it. ${parent.length === 0 ? 'There are' : `${nameOf(parent)} has`} ${known.join(', ')}.`,
  };
}

function unknownValue(error: ErrorObject, keys: KeyPath, text: string): Said {
  const choices = (error.schema as readonly unknown[]).map(String);
  const near = nearestWord(String(error.data), choices);
  const span = spanOf(text, keys, 'value');
  const fixes = (near === undefined ? choices : [near, ...choices.filter((choice) => choice !== near)]).flatMap(
    (choice) => (span === undefined ? [] : [{ title: `Write "${choice}"`, ...span, text: choice }]),
  );
  const question = near === undefined ? '' : ` Did you mean "${near}"?`;
  return {
    keys,
    message: `"${nameOf(keys)}" cannot be ${shown(error.data)}.${question}`,
    remedy: `It is one of ${choices.join(', ')}.`,
    fixes,
  };
}

/** As it is read: `input.mean`, `examples, item 2`. */
function nameOf(keys: KeyPath): string {
  return keys.reduce((name, key) => {
    if (/^\d+$/.test(key)) return `${name}, item ${Number(key) + 1}`;
    return name === '' ? key : name.includes(', item') ? `${name}, ${key}` : `${name}.${key}`;
  }, '');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** A JSON pointer writes `/` and `~` in another way. */
function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
