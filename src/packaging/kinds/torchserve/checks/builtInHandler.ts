import type { Finding } from '../../../read/detection.ts';
import { torchImageClassifier } from '../handlers/torchImageClassifier.ts';
import { handlerKind, located, torchClasses, type CheckContext } from './context.ts';

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
  const classes = spec.labels === undefined ? torchClasses(context) : undefined;
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
