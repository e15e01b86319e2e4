import { recogniseArchitecture } from '../../../read/architectures/recognise.ts';
import { describeArchitecture } from '../../../read/architectures/describe.ts';
import type { Finding } from '../../../read/detection.ts';
import type { NetworkSpec } from '../../../spec/modelSpec.ts';
import { networkSpec } from '../../../spec/suggestNetwork.ts';
import { baseName, generatedFor, located, type CheckContext } from './context.ts';

/** Whether the network of torchvision that the spec names is the one whose keys and shapes the weights have. */
export function checkArchitecture(context: CheckContext): Finding[] {
  const { spec, weights, at } = context;
  const { architecture } = spec;
  if (architecture === undefined) return [];
  const name = baseName(spec.weights ?? '');
  const found = recogniseArchitecture(weights?.stateDicts?.[0]?.tensors ?? []);
  const written = `${architecture.name} with ${architecture.classes} classes`;
  if (found?.kind !== 'torchvision') {
    return [
      {
        code: 'architecture-other-weights',
        severity: 'error',
        message:
          `architecture: ${name} does not have the keys and shapes of torchvision's ${architecture.name}. ${describeArchitecture(found) ?? ''}`.trimEnd(),
        remedy: 'Take architecture out, and name the Python file of the class as modelFile.',
        laterMessage: 'Error(s) in loading state_dict for Network: Missing key(s) in state_dict',
        ...located(at('architecture')),
      },
    ];
  }
  const read = networkSpec(found);
  const wrong = differences(architecture, read);
  if (wrong.length > 0) {
    return [
      {
        code: 'architecture-other-weights',
        severity: 'error',
        message: `architecture: it says ${written}, and ${name} has the keys and shapes of ${read.name} with ${read.classes} classes${wrong.includes('name') || wrong.includes('classes') ? '' : `, where ${wrong.join(' and ')} differ`}.`,
        remedy: `Write ${wrong.map((key) => `${key}: ${String(read[key] ?? defaults[key] ?? '')}`).join(', ')}.`,
        laterMessage: 'Error(s) in loading state_dict for Network: size mismatch',
        ...located(at('architecture')),
      },
    ];
  }
  if (found.prefix === '' || generatedFor(spec) === 'torch') return [];
  return [
    {
      code: 'state-dict-prefix',
      severity: 'error',
      message: `weights: the keys in ${name} begin with "${found.prefix}", and ${spec.handler} loads them as they are.`,
      remedy: 'Write model-deck:image-classifier as the handler, which takes the prefix off.',
      laterMessage: 'Error(s) in loading state_dict: Unexpected key(s) in state_dict',
      ...located(at('weights')),
    },
  ];
}

const defaults: Partial<NetworkSpec> = { channels: 3 };

function differences(written: NetworkSpec, read: NetworkSpec): readonly (keyof NetworkSpec)[] {
  // What the network itself does to the picture is not in the weights.
  const keys = ['name', 'classes', 'channels', 'imageSize', 'auxiliary'] as const;
  return keys.filter((key) => (written[key] ?? defaults[key] ?? read[key]) !== (read[key] ?? defaults[key]));
}
