import type { ClassOutput, ImageInput, Interpolation, Resize } from '../../../contract/modelContract.ts';
import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import { numberOf, numbersOf, said, sideOf, type ContractSource, type SourceReading } from './contractSource.ts';

/** PIL's numbers of filters, which `resample` holds; box and hamming have no counterpart. */
const filters: readonly (Interpolation | undefined)[] = ['nearest', 'lanczos', 'bilinear', 'bicubic'];
/** Of the resized picture, what PoolFormer's processor keeps where nothing else is said. */
const poolFormerShare = 0.9;
/** Side up to which ConvNeXt's processor crops; larger pictures are squashed. */
const convNextCropsBelow = 384;

/**
 * Hugging Face transformers: `config.json` says what comes out, `preprocessor_config.json` how a picture goes in. Defaults
 * are those of transformers' image processors.
 */
export const huggingFace: ContractSource = {
  title: 'Hugging Face',
  read: async ({ near }) => {
    const readings: SourceReading[] = [];
    const processor = await near.json('preprocessor_config.json');
    const other = processor === undefined ? await near.json('processor_config.json') : undefined;
    const steps =
      processor?.value ?? (isRecord(other?.value.image_processor) ? other.value.image_processor : undefined);
    const file = processor?.file ?? other?.file;
    if (steps !== undefined && file !== undefined) {
      readings.push({ origin: { from: 'file', file }, input: inputOf(steps) });
    }
    const config = await near.json('config.json');
    if (config !== undefined && isTransformers(config.value)) {
      const { value } = config;
      const size = sizeOf(value.image_size);
      readings.push({
        origin: { from: 'file', file: config.file },
        input: said<ImageInput>({
          width: size?.width,
          height: size?.height,
          colour: value.num_channels === 1 ? 'grey' : undefined,
        }),
        output: outputOf(value),
      });
    }
    return readings;
  },
};

function isTransformers(config: JsonObject): boolean {
  return ['id2label', 'label2id', 'problem_type', 'model_type', 'architectures'].some((key) => key in config);
}

function outputOf(config: JsonObject): Partial<ClassOutput> {
  const { id2label, num_labels: count, problem_type: problem, architectures } = config;
  const classes = isRecord(id2label) ? Object.keys(id2label).length : sideOf(count);
  const isClassifier =
    Array.isArray(architectures) && architectures.some((name) => /ForImageClassification/.test(String(name)));
  const known = said<ClassOutput>({ classes });
  switch (problem) {
    case 'multi_label_classification':
      return { ...known, meaning: 'multi-label', activation: 'sigmoid' };
    case 'regression':
      return { ...known, meaning: 'unknown', activation: 'none' };
    case 'single_label_classification':
      return { ...known, meaning: 'single-label', activation: 'softmax' };
    default:
      // What transformers' own pipeline does with such a model.
      if (!isClassifier) return known;
      return classes === 1 ? known : { ...known, meaning: 'single-label', activation: 'softmax' };
  }
}

function inputOf(steps: JsonObject): Partial<ImageInput> {
  const named = steps.image_processor_type ?? steps.feature_extractor_type;
  const kind = typeof named === 'string' ? named : '';
  const { resample, do_flip_channel_order: flips } = steps;
  const sizes =
    steps.do_resize === false ? { resize: { method: 'none' } as const, ...cropOf(steps) } : sizesOf(steps, kind);
  return said<ImageInput>({
    colour: flips === true ? 'bgr' : flips === false ? 'rgb' : undefined,
    interpolation: typeof resample === 'number' ? filters[resample] : undefined,
    ...sizes,
    ...levelsOf(steps, kind),
  });
}

/** Pixels times `rescale_factor`, minus mean, divided by std; in the words of the contract. */
function levelsOf(steps: JsonObject, kind: string): Partial<Pick<ImageInput, 'range' | 'mean' | 'std'>> {
  const factor = steps.do_rescale === false ? 1 : (numberOf(steps.rescale_factor) ?? 1 / 255);
  // MobileViT's processor is the one that does not normalise unless it is told to.
  const normalises = steps.do_normalize ?? !/MobileViT/.test(kind);
  const mean = numbersOf(steps.image_mean);
  const std = numbersOf(steps.image_std);
  if (normalises === true && (mean === undefined || std === undefined)) return {};
  const levels =
    normalises === true
      ? { mean: mean ?? [0], std: dividesTwice(steps, kind) ? (std ?? []).map((value) => value * value) : (std ?? [1]) }
      : { mean: [0, 0, 0], std: [1, 1, 1] };
  if (Math.abs(factor * 255 - 1) < 1e-3) return { range: '0..1', ...levels };
  if (Math.abs(factor * 127.5 - 1) < 1e-3 && steps.rescale_offset === true) return { range: '-1..1', ...levels };
  const unscaled = (values: readonly number[]): readonly number[] => values.map((value) => value / factor);
  return { range: '0..255', mean: unscaled(levels.mean), std: unscaled(levels.std) };
}

/** EfficientNet's processor divides by the deviation a second time for networks with their last layer. */
function dividesTwice({ include_top: withTop }: JsonObject, kind: string): boolean {
  return /^EfficientNet/.test(kind) && withTop !== false;
}

type Sizes = Partial<Pick<ImageInput, 'resize' | 'width' | 'height'>>;

function sizesOf(steps: JsonObject, kind: string): Sizes {
  const size = sizeOf(steps.size);
  const edge = isRecord(steps.size) ? sideOf(steps.size.shortest_edge) : undefined;
  const crop = cropOf(steps);
  if (/ConvNe?Xt/i.test(kind)) return convNext(edge ?? size?.width, numberOf(steps.crop_pct) ?? 0.875);
  if (edge !== undefined) {
    const share = /PoolFormer/i.test(kind) ? (numberOf(steps.crop_pct) ?? poolFormerShare) : 1;
    const length = /Levit/i.test(kind) ? Math.floor((256 / 224) * edge) : Math.floor(edge / share);
    return { resize: { method: 'shorter-side', length }, ...crop };
  }
  if (size === undefined) return crop;
  // Before they said which edge, sizes were one number: CLIP and its kind meant the shorter side.
  const isShorter = typeof steps.size === 'number' && /CLIP|Levit|Poolformer|VideoMAE|Bit/i.test(kind);
  const resize: Resize = isShorter
    ? { method: 'shorter-side', length: size.width }
    : { method: 'exact', width: size.width, height: size.height };
  return { resize, ...(crop.width === undefined ? size : crop) };
}

function convNext(side: number | undefined, cropShare: number): Sizes {
  if (side === undefined) return {};
  if (side >= convNextCropsBelow) {
    return { resize: { method: 'exact', width: side, height: side }, width: side, height: side };
  }
  return { resize: { method: 'shorter-side', length: Math.floor(side / cropShare) }, width: side, height: side };
}

function cropOf({ do_center_crop: crops, crop_size: size }: JsonObject): Sizes {
  return crops === false ? {} : (sizeOf(size) ?? {});
}

/** A side, a pair [height, width], or an object with both. */
function sizeOf(value: unknown): { readonly width: number; readonly height: number } | undefined {
  const [first, second] = Array.isArray(value) ? (value as readonly unknown[]) : [value, value];
  const height = sideOf(isRecord(value) ? value.height : first);
  const width = sideOf(isRecord(value) ? value.width : second);
  return height === undefined || width === undefined ? undefined : { width, height };
}
