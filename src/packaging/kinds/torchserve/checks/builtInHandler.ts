import { recogniseArchitecture } from '../../../read/architectures/recognise.ts';
import type { Finding } from '../../../read/detection.ts';
import { torchImageClassifier } from '../handlers/torchImageClassifier.ts';
import { handlerKind, located, type CheckContext } from './context.ts';
import { layersOf } from './layers.ts';

/** How many classes TorchServe's `image_classifier` asks for, whatever the model has. */
const builtInTopK = 5;

/** What TorchServe's own handlers do not do: follow a contract, and answer fewer than five classes. */
export function checkBuiltInHandler(context: CheckContext): Finding[] {
  if (handlerKind(context.spec) !== 'built-in') return [];
  return [...unusedContract(context), ...fewClasses(context)];
}

function unusedContract({ spec, at }: CheckContext): Finding[] {
  const field = (['preprocessing', 'input', 'output'] as const).find((key) => spec[key] !== undefined);
  if (field === undefined) return [];
  const own =
    spec.handler === 'image_classifier'
      ? ': it resizes to 256, cuts out 224 x 224, takes the mean and deviation of ImageNet, and answers a softmax'
      : '';
  return [
    {
      code: 'contract-not-used',
      severity: 'warning',
      message: `${field}: ${spec.handler} does not read it${own}.`,
      remedy: `Write ${torchImageClassifier.id} as the handler, or take ${field} out.`,
      laterMessage: 'Nothing: pictures are prepared in another way, and the answers are others.',
      ...located(at(field)),
    },
  ];
}

/** Where labels are named, they are counted instead (`checkLabels`). */
function fewClasses(context: CheckContext): Finding[] {
  const { spec, at } = context;
  const classes = spec.labels === undefined ? classCount(context) : undefined;
  if (spec.handler !== 'image_classifier' || classes === undefined || classes >= builtInTopK) return [];
  return [
    {
      code: 'fewer-than-five-classes',
      severity: 'error',
      message: `handler: image_classifier asks for the ${builtInTopK} most probable classes, and the model has ${classes}.`,
      remedy: `Write ${torchImageClassifier.id} as the handler, which answers as many as there are.`,
      laterMessage: 'RuntimeError: selected index k out of range',
      ...located(at('handler')),
    },
  ];
}

/** Of the network that the weights are known to be, or of the last linear layer that the class makes. */
function classCount({ weights, modelSource, spec }: CheckContext): number | undefined {
  if (spec.architecture !== undefined) return spec.architecture.classes;
  const found = recogniseArchitecture(weights?.stateDicts?.[0]?.tensors ?? []);
  if (found?.kind === 'torchvision') return found.classes;
  const [made] = modelSource?.module.classes ?? [];
  const last = made && layersOf(made).at(-1);
  return last?.weight.length === 2 ? last.weight[0] : undefined;
}
