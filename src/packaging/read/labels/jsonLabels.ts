import { parseJson } from '../formats/parseJson.ts';
import { classNumber, LabelProblem, type LabelEntry, type LabelReader, type LabelText } from './labelFile.ts';
import { findLabels, labelsOfValue, type LabelPlace } from './structuredLabels.ts';

const usual =
  /^((index|idx|id)_?(to|2)_?(name|label|class)(es|s)?|(label|class|name)s?_?(to|2)_?(index|idx|id)|\w*class_?(names?|index|indices|labels?|map|list)|\w*labels?|\w*classes|label_?map|categories|names)\.json$/i;
/** Files that have labels among other things. */
const mixed = /^(config|metadata|model_?card|args)\.json$/i;

/** `index_to_name.json`, `imagenet_class_index.json`, a list, `class_to_idx.json`, `config.json` with `id2label` … */
export const jsonLabels: LabelReader = {
  isUsual: (name) => usual.test(name),
  endings: ['.json'],
  read: (file) => {
    const result = parseJson(file.text);
    if ('problem' in result) {
      const { message, line, column } = result.problem;
      throw new LabelProblem('labels-not-json', message, line, column);
    }
    const place = findLabels(result.value) ?? whole(file, result.value);
    if (place === undefined) return undefined;
    const members = membersOf(file.text, place.keys);
    const lines = new Map(members.map(({ key, line }) => [key, line]));
    const reading = labelsOfValue(place, (keys) => lines.get(keys.at(-1) ?? '') ?? 0);
    const isPlain = place.keys.length === 0 ? !Array.isArray(place.value) : place.keys[0] === 'object_type_names';
    return {
      ...reading,
      shape: `JSON: ${reading.shape}`,
      doubles: doublesOf(members),
      isTorchServes: isPlain && !file.hasMark && reading.shape !== 'class numbers by label',
    };
  },
};

/** The whole document is the labels, unless it is a file that has them under a key or not at all. */
function whole({ name }: LabelText, value: unknown): LabelPlace | undefined {
  return mixed.test(name) ? undefined : { keys: [], value };
}

function doublesOf(members: readonly Member[]): readonly LabelEntry[] {
  const seen = new Set<string>();
  return members.flatMap(({ key, line }) => {
    const index = classNumber(key);
    if (index === undefined || !seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ index, label: '', line }];
  });
}

interface Member {
  /** Of an object, or the place in a list. */
  readonly key: string;
  /** Zero-based. */
  readonly line: number;
}

interface Container {
  readonly isObject: boolean;
  /** Key or index of the member that is being read. */
  key: string;
  count: number;
  needsKey: boolean;
}

/** The members of one object or list of valid JSON with their lines, keys that come twice as well. */
function membersOf(source: string, keys: readonly string[]): readonly Member[] {
  const open: Container[] = [];
  const members: Member[] = [];
  const isMeant = (): boolean =>
    open.length === keys.length + 1 && keys.every((key, level) => open[level]?.key === key);
  let line = 0;
  for (const [token] of source.matchAll(/\n|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const inside = open.at(-1);
    if (token === '\n') {
      line += 1;
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',') {
      if (inside) inside.needsKey = inside.isObject;
    } else if (inside?.needsKey === true) {
      inside.key = JSON.parse(token) as string;
      inside.needsKey = false;
      if (isMeant()) members.push({ key: inside.key, line });
    } else if (token !== ':') {
      if (inside?.isObject === false) {
        inside.key = String(inside.count);
        inside.count += 1;
        if (isMeant()) members.push({ key: inside.key, line });
      }
      const isObject = token === '{';
      if (isObject || token === '[') open.push({ isObject, key: '', count: 0, needsKey: isObject });
    }
  }
  return members;
}
