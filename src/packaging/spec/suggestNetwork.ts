import { completeContract, type KnownContract } from '../../contract/completeContract.ts';
import type { ContractField, Origin } from '../../contract/modelContract.ts';
import { torchImageClassifier } from '../kinds/torchserve/handlers/torchImageClassifier.ts';
import type { TorchvisionNetwork } from '../read/architectures/architecture.ts';
import { classesOf } from '../read/architectures/classesOf.ts';
import { recogniseArchitecture } from '../read/architectures/recognise.ts';
import type { PythonClass } from '../read/formats/pythonModule.ts';
import type { StateDict } from '../read/formats/stateDicts.ts';
import type { ModelSpec, NetworkSpec } from './modelSpec.ts';
import { contractBlocks } from './specContract.ts';

/** What a spec says about the network behind PyTorch weights. */
export interface NetworkSuggestion {
  readonly modelFile?: string;
  readonly architecture?: NetworkSpec;
  readonly handler: string;
  readonly contract: Pick<ModelSpec, 'input' | 'output' | 'origins'>;
}

/**
 * How weights of PyTorch are served: by the user's own class where there is one, else by the network of torchvision whose
 * keys and shapes they have.
 *
 * @param modelFile the Python file in the folder that has a class for them, if any
 * @param made that class
 */
export function suggestNetwork(
  weights: { readonly path: string; readonly stateDicts?: readonly StateDict[] },
  modelFile: string | undefined,
  made?: PythonClass,
): NetworkSuggestion {
  const [stateDict] = weights.stateDicts ?? [];
  const found = stateDict && recogniseArchitecture(stateDict.tensors);
  const network = found?.kind === 'torchvision' && hasColours(found) ? found : undefined;
  const classes = stateDict && classesOf(stateDict.tensors, made);
  const known = network === undefined ? knownClasses(classes, weights.path) : knownContract(network, weights.path);
  const suggestion = { handler: torchImageClassifier.id, contract: contractBlocks(completeContract(known)) };
  if (stateDict === undefined) return suggestion;
  if (modelFile !== undefined) return { ...suggestion, modelFile };
  return network === undefined ? suggestion : { ...suggestion, architecture: networkSpec(network) };
}

/** Pictures have one channel or three; what other channels hold, nobody knows. */
export function hasColours({ channels }: TorchvisionNetwork): boolean {
  return channels === 1 || channels === 3;
}

/** The network as `model-deck.yaml` names it: what differs from torchvision's own defaults. */
export function networkSpec({ name, ...found }: TorchvisionNetwork): NetworkSpec {
  const { classes, channels, imageSize, sizeIsFixed, auxiliary } = found;
  return {
    name,
    classes,
    ...(channels !== 3 && { channels }),
    ...(sizeIsFixed && { imageSize }),
    ...(/^(googlenet|inception_v3)$/.test(name) && { auxiliary }),
  };
}

function knownClasses(classes: number | undefined, file: string): KnownContract {
  if (classes === undefined) return {};
  return { output: { classes }, origins: { 'output.classes': { from: 'file', file } } };
}

function knownContract(network: TorchvisionNetwork, file: string): KnownContract {
  const read: Origin = { from: 'file', file };
  const size: Origin = network.sizeIsFixed ? read : { from: 'assumed' };
  const origins: Partial<Record<ContractField, Origin>> = {
    'input.colour': network.channels === 1 ? read : { from: 'assumed' },
    'input.layout': read,
    'input.width': size,
    'input.height': size,
    'output.classes': read,
  };
  return {
    input: {
      colour: network.channels === 1 ? 'grey' : 'rgb',
      layout: 'NCHW',
      width: network.imageSize,
      height: network.imageSize,
    },
    output: { classes: network.classes },
    origins,
  };
}
