import { pictureShape, type ModelContract } from '../../../contract/modelContract.ts';
import type { TensorInfo } from '../../read/detection.ts';

/**
 * The arguments of OpenVINO Model Server for a model, beside those of its runtime. Sides of the picture that the graph leaves
 * free are fixed as the contract says, which OpenVINO compiles for; the batch stays free. Nothing is said of layout, colour,
 * mean and scale: then it takes tensors as they are. Its own decoding stretches every picture, and would give other answers.
 *
 * @param input of the graph; undefined where it is not known (OpenVINO IR)
 */
export function serverArguments(input: TensorInfo | undefined, contract: ModelContract): readonly string[] {
  if (input === undefined || input.shape.length !== 4) return [];
  if (input.shape.slice(1).every((size) => typeof size === 'number' && size > 0)) return [];
  const { batch } = contract.input;
  const shape = [batch === 'free' ? -1 : batch, ...pictureShape(contract.input)];
  return [`--shape={"${input.name}": "(${shape.join(',')})"}`];
}
