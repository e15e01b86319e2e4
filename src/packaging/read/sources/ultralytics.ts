import type { ImageInput, Origin } from '../../../contract/modelContract.ts';
import { numbersOf, sideOf, type ContractSource, type SourceReading } from './contractSource.ts';
import { parsePython } from '../labels/pythonLiteral.ts';

/**
 * Ultralytics: an exported classifier has `task`, `imgsz` and `names` in its metadata; a training run has `args.yaml`. Its
 * classifiers take the shorter side to the size, the middle of it, and values from 0 to 1 as they are.
 */
export const ultralytics: ContractSource = {
  title: 'Ultralytics',
  read: async ({ near, facts }) => {
    const readings: SourceReading[] = [];
    const metadata: Readonly<Record<string, string>> = facts?.metadata ?? {};
    if (isUltralytics(metadata)) readings.push(reading({ from: 'graph' }, parsePython(metadata.imgsz ?? '')));
    const args = await near.yaml('args.yaml');
    if (args?.value.task === 'classify') readings.push(reading({ from: 'file', file: args.file }, args.value.imgsz));
    return readings;
  },
};

function isUltralytics({
  author,
  description,
  task,
  names,
  stride,
}: Readonly<Record<string, string | undefined>>): boolean {
  const told = /ultralytics/i.test(`${author} ${description}`) || (names !== undefined && stride !== undefined);
  return told && task === 'classify';
}

function reading(origin: Origin, size: unknown): SourceReading {
  const [height, width = height] = numbersOf(size) ?? [];
  const levels: Partial<ImageInput> = {
    colour: 'rgb',
    interpolation: 'bilinear',
    range: '0..1',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
  const side = sideOf(height);
  if (side === undefined || width !== height) return { origin, input: levels };
  return { origin, input: { ...levels, resize: { method: 'shorter-side', length: side }, width: side, height: side } };
}
