import { load } from 'js-yaml';
import { isRecord } from '../../../foundation/json.ts';
import { locate } from '../../spec/locate.ts';
import { LabelProblem, type LabelReader } from './labelFile.ts';
import { findLabels, labelsOfValue } from './structuredLabels.ts';

const usual = /^(data|dataset|[\w-]*labels?|[\w-]*classes|names|class_?names|metadata)\.ya?ml$/i;

/** `data.yaml` of a YOLO data set and its relatives: `names` as a list or a mapping. */
export const yamlLabels: LabelReader = {
  isUsual: (name) => usual.test(name),
  endings: ['.yaml', '.yml'],
  read: ({ text }) => {
    let document: unknown;
    try {
      document = load(text);
    } catch (error) {
      const { reason, mark } = error as { readonly reason?: string; readonly mark?: { readonly line: number } };
      throw new LabelProblem('labels-shape', `it is not YAML: ${reason ?? String(error)}`, mark?.line);
    }
    const place =
      findLabels(document) ?? (Array.isArray(document) ? { keys: [], value: document as unknown } : undefined);
    if (place === undefined) return undefined;
    const reading = labelsOfValue({ ...place, value: asText(place.value) }, (keys) => locate(text, keys).line);
    const announced = isRecord(document) ? document.nc : undefined;
    return {
      ...reading,
      shape: `YAML: ${reading.shape}`,
      ...(typeof announced === 'number' && { announced }),
    };
  },
};

/** YAML takes `yes`, `1` and `2020-01-01` for other things than the names that they are. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map((item) => plain(item));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) : value;
}

function plain(item: unknown): unknown {
  return typeof item === 'number' || typeof item === 'boolean' ? String(item) : item;
}
