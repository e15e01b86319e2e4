import schema from '../../../../media/model-deck.schema.json' with { type: 'json' };
import type { KeyPath } from '../locate.ts';

/** As much of JSON schema as the document of `model-deck.yaml` uses. */
export interface SchemaNode {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly $ref?: string;
}

/** An item of a list in a {@link KeyPath}, whatever its number. */
export const listItem = '[]';

const root: SchemaNode & { readonly definitions: Readonly<Record<string, SchemaNode>> } = schema;

/** What the schema says about a place; undefined for one that it does not know. */
export function schemaAt(keys: KeyPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const key of keys) {
    const isItem: boolean = key === listItem || /^\d+$/.test(key);
    const named: SchemaNode | undefined =
      node.properties !== undefined && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
    node = resolved(isItem ? node.items : (named ?? freeField(node)));
    if (node === undefined) return undefined;
  }
  return node;
}

/** The fields of a block in the order of the schema. */
export function fieldsAt(keys: KeyPath): readonly (readonly [string, SchemaNode])[] {
  const properties = schemaAt(keys)?.properties ?? {};
  return Object.entries(properties).flatMap(([key, node]) => {
    const whole = resolved(node);
    return whole === undefined ? [] : [[key, whole] as const];
  });
}

/** Values that a field is chosen from, or usually has. */
export function choicesOf(node: SchemaNode): readonly string[] {
  const alternatives = [node, ...(node.anyOf ?? [])];
  const values = alternatives.flatMap((one) => [...(one.enum ?? []), ...(one.examples ?? [])]);
  return [...values, ...(node.type === 'boolean' ? [true, false] : [])].map(String);
}

/** The blocks in which a field of this name is known, `input` for `mean`; the whole document is not among them. */
export function blocksWith(field: string): readonly string[] {
  return Object.entries(root.properties ?? {}).flatMap(([block, node]) =>
    node.properties !== undefined && Object.hasOwn(node.properties, field) ? [block] : [],
  );
}

function freeField({ additionalProperties: free }: SchemaNode): SchemaNode | undefined {
  return typeof free === 'object' ? free : undefined;
}

/** A node with what it refers to; its own words count more. */
function resolved(node: SchemaNode | undefined): SchemaNode | undefined {
  if (node?.$ref === undefined) return node;
  return { ...root.definitions[node.$ref.replace('#/definitions/', '')], ...node };
}
