import { originWords, parseOrigin } from '../../../contract/origins.ts';
import { isRecord } from '../../../foundation/json.ts';
import { writtenIn } from '../parseSpec.ts';
import { placeAt, type TextPosition, type TextSpan } from './placeAt.ts';
import { choicesOf, schemaAt, type SchemaNode } from './schemaNodes.ts';

/** What is said about the field under the cursor. */
export interface SpecHover {
  /** For example `input.mean`. */
  readonly field: string;
  /** One paragraph each, plain text. */
  readonly paragraphs: readonly string[];
  readonly span: TextSpan;
}

/** What a field is for and may be, and where its value comes from. Undefined where no field stands that is known. */
export function hoverSpec(text: string, position: TextPosition): SpecHover | undefined {
  const place = placeAt(text, position);
  if (place === undefined) return undefined;
  const keys = place.field === '' ? place.keys : [...place.keys, place.field];
  const node = schemaAt(keys);
  if (node?.description === undefined || keys.length === 0) return undefined;
  const field = keys.join('.').replaceAll('.[]', '');
  const origin = originOf(text, field);
  const paragraphs = [node.description, mayBe(node), origin].filter((paragraph) => paragraph !== undefined);
  return { field, paragraphs, span: place.word };
}

function mayBe(node: SchemaNode): string | undefined {
  const choices = choicesOf(node);
  if (choices.length > 0) {
    const isClosed = node.enum !== undefined || node.type === 'boolean';
    return `${isClosed ? 'One of' : 'For example'} ${choices.join(', ')}.`;
  }
  const { minimum, maximum } = node;
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`;
  return minimum === undefined ? undefined : `At least ${minimum}.`;
}

/** Of a field of `input` or `output`, as `origins` has it. */
function originOf(text: string, field: string): string | undefined {
  const document = writtenIn(text);
  const origins = isRecord(document.origins) ? document.origins : {};
  const origin = Object.hasOwn(origins, field) ? origins[field] : undefined;
  if (typeof origin !== 'string') return undefined;
  return origin === 'assumed'
    ? 'Its value is assumed: correct it, or delete its line under origins to confirm it.'
    : `Its value was ${originWords(parseOrigin(origin))}.`;
}
