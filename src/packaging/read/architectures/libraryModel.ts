import { isRecord } from '../../../foundation/json.ts';
import type { NamedTensor } from '../formats/stateDicts.ts';
import { numbersOf, sideOf } from '../sources/contractSource.ts';
import type { Surroundings } from '../sources/surroundings.ts';
import type { ForeignNetwork } from './architecture.ts';
import { recogniseArchitecture } from './recognise.ts';

/** Libraries whose networks the stock image of TorchServe does not have. */
export type ModelLibrary = ForeignNetwork['library'] | 'fastai';

/** A network that a library makes. */
export interface LibraryModel {
  readonly library: ModelLibrary;
  /** As the library names it: a class of transformers, a model of timm. */
  readonly name?: string;
  readonly classes?: number;
  /** Channels, height and width of its pictures. */
  readonly picture?: readonly [number, number, number];
  /** What says so, for a sentence: `config.json names`; left out where its keys do, which are told already. */
  readonly because?: string;
}

/** What is known of the network behind tensors: by the configuration that lies beside them, else by their keys. */
export async function libraryModelOf(
  near: Surroundings,
  tensors: readonly NamedTensor[],
): Promise<LibraryModel | undefined> {
  const known = recogniseArchitecture(tensors);
  if (known?.kind === 'torchvision' || known?.kind === 'own-head') return undefined;
  const config = await near.json('config.json');
  const said = config && ofConfig(config.value, config.file);
  if (said !== undefined) return said;
  const bundle = await near.json('metadata.json');
  if (isRecord(bundle?.value.network_data_format)) {
    return { library: 'monai', because: `${bundle.file} describes` };
  }
  return known?.kind === 'foreign' ? { library: known.library, name: known.family } : undefined;
}

/** The library that a pickle needs, by the dotted name of a class in it: `ultralytics.nn.tasks.ClassificationModel`. */
export function libraryOfClass(global: string): LibraryModel | undefined {
  const [top = ''] = global.split('.');
  const library = libraries.find((name) => name === top);
  return library && { library, name: global.slice(global.lastIndexOf('.') + 1), because: 'It holds' };
}

/** Every library is a module of its own name. */
const libraries: readonly ModelLibrary[] = [
  'transformers',
  'timm',
  'ultralytics',
  'monai',
  'efficientnet_pytorch',
  'fastai',
];

function ofConfig(config: Readonly<Record<string, unknown>>, file: string): LibraryModel | undefined {
  const because = `${file} names`;
  const { architectures, architecture, model_type: type, pretrained_cfg: settings } = config;
  if (typeof architecture === 'string') {
    const input = isRecord(settings) ? settings.input_size : config.input_size;
    const [channels, height, width] = numbersOf(input) ?? [];
    const classes = sideOf(config.num_classes);
    return {
      library: 'timm',
      name: architecture,
      because,
      ...(classes !== undefined && { classes }),
      ...(channels !== undefined &&
        height !== undefined &&
        width !== undefined && { picture: [channels, height, width] }),
    };
  }
  const [first] = Array.isArray(architectures) ? (architectures as readonly unknown[]) : [];
  if (typeof first === 'string') return { library: 'transformers', name: first, because };
  return typeof type === 'string' ? { library: 'transformers', name: type, because } : undefined;
}
