import type { ImageInput, Interpolation, Resize } from '../../../contract/modelContract.ts';
import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import { numberOf, numbersOf, said, sideOf, type ContractSource } from './contractSource.ts';

const interpolations: readonly string[] = ['nearest', 'bilinear', 'bicubic', 'lanczos'] satisfies Interpolation[];
/** timm's own default where a configuration does not say. */
const usualCropShare = 0.875;

/** timm: `config.json` with `pretrained_cfg`, as `timm.create_transform` reads it for evaluation. */
export const timm: ContractSource = {
  title: 'timm',
  read: async ({ near }) => {
    const config = await near.json('config.json');
    if (config === undefined) return [];
    const { pretrained_cfg: nested, architecture, num_classes: classes } = config.value;
    const settings = isRecord(nested) ? nested : architecture === undefined ? undefined : config.value;
    if (settings === undefined) return [];
    const count = sideOf(classes) ?? sideOf(settings.num_classes);
    return [
      {
        origin: { from: 'file', file: config.file },
        input: timmInput(settings),
        ...(count !== undefined && { output: { classes: count } }),
      },
    ];
  },
};

/** Also what other tools write in timm's words, for example into the metadata of an ONNX file. */
export function timmInput(settings: JsonObject): Partial<ImageInput> {
  const [channels, height, width] = numbersOf(settings.input_size) ?? [];
  const { interpolation, crop_mode: mode } = settings;
  const mean = numbersOf(settings.mean);
  const std = numbersOf(settings.std);
  return said<ImageInput>({
    colour: channels === 1 ? 'grey' : channels === 3 ? 'rgb' : undefined,
    resize: resizeOf({ height, width }, numberOf(settings.crop_pct) ?? usualCropShare, mode),
    interpolation: interpolations.includes(String(interpolation)) ? (interpolation as Interpolation) : undefined,
    width: sideOf(width),
    height: sideOf(height),
    range: mean === undefined ? undefined : mean.some((value) => value > 2) ? '0..255' : '0..1',
    mean,
    std,
  });
}

function resizeOf(
  { height, width }: { readonly height: number | undefined; readonly width: number | undefined },
  cropShare: number,
  mode: unknown,
): Resize | undefined {
  if (height === undefined || width === undefined) return undefined;
  const scaled = { width: Math.floor(width / cropShare), height: Math.floor(height / cropShare) };
  if (mode === 'squash') return { method: 'exact', ...scaled };
  if (mode === 'border') return { method: 'letterbox', fill: 0 };
  return width === height ? { method: 'shorter-side', length: scaled.width } : undefined;
}
