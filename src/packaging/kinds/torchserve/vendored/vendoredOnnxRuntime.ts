import path from 'node:path';
import { ModelDeckError } from '../../../../foundation/error.ts';
import type { Task } from '../../../../foundation/task.ts';
import type { ModelSpec } from '../../../spec/modelSpec.ts';
import { generatedHandler } from '../handlers/generatedHandlers.ts';
import type { PackageRequest } from '../../packageKind.ts';
import type { LayoutEntry } from '../layoutEntry.ts';
import { fetchWheel, setting } from './fetchWheel.ts';
import { unpackWheel } from './unpackWheel.ts';
import { onnxRuntimePackage, type Vendoring } from '../../vendoring.ts';
import { fits, parseWheelName } from './wheelName.ts';

/** The file whose presence in an archive tells that ONNX Runtime is in it. */
export const vendoredMark = `${onnxRuntimePackage}/__init__.py`;

/** Whether the handler of a spec imports ONNX Runtime, as far as is known: Model Deck's own does. */
export function needsOnnxRuntime({ handler }: Pick<ModelSpec, 'handler'>): boolean {
  return generatedHandler(handler)?.runs === 'onnx';
}

/** Whether the server's image has to bring ONNX Runtime for a spec: nobody says that the archive gets it, or the image has it. */
export function lacksOnnxRuntime({ spec, vendoring }: Pick<PackageRequest, 'spec' | 'vendoring'>): boolean {
  return needsOnnxRuntime(spec) && vendoring === undefined;
}

/**
 * ONNX Runtime as files of an archive, with its licences.
 * @throws ModelDeckError as {@link fetchWheel} and {@link unpackWheel}; `invalid-input` for a wheel of another Python or processor
 */
export async function vendoredOnnxRuntime(vendoring: Vendoring, task: Task = {}): Promise<readonly LayoutEntry[]> {
  const { source, cacheFolder } = vendoring;
  if ('isInImage' in source) return [];
  const wheel = 'wheel' in source ? source.wheel : await fetchWheel(source.registry, vendoring, task);
  checkWheel(wheel, vendoring);
  return unpackWheel(wheel, cacheFolder, task);
}

function checkWheel(wheel: string, vendoring: Vendoring): void {
  const file = path.basename(wheel);
  const parsed = parseWheelName(file);
  if (parsed?.name === onnxRuntimePackage && fits(parsed, vendoring)) return;
  const { python, machine } = vendoring;
  throw new ModelDeckError(
    'invalid-input',
    `${file} is no wheel of ${onnxRuntimePackage} for Python ${python} on Linux, ${machine}.`,
    {
      remedy: `Get it with: pip download ${onnxRuntimePackage} --no-deps --only-binary=:all: --python-version ${python} --platform manylinux_2_28_${machine}. Which Python and processor the server has, "modelDeck.torchServe.python" and "modelDeck.torchServe.machine" say.`,
      location: { path: wheel },
      nextStep: { kind: 'open-setting', setting },
    },
  );
}
