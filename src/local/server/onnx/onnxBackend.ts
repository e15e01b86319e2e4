import { fromPreprocessing } from '../../../contract/fromPreprocessing.ts';
import type { ModelContract } from '../../../contract/modelContract.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { AnswerTensor, InferenceInput } from '../../../kserve/index.ts';
import { packageKinds } from '../../../packaging/index.ts';
import type { PackageContents } from '../../../packaging/kinds/packageKind.ts';
import type { ServedModel } from '../../serverRequest.ts';
import type { Backend } from '../backend.ts';
import type { ServerStep } from '../messages.ts';
import { predictionText } from '../prediction.ts';
import { classRows } from './classRows.ts';
import { ModelInput } from './graphInput.ts';
import type { OnnxSession } from './onnxSession.ts';
import { openSession } from './openSession.ts';

export interface OnnxBackend extends Backend {
  /** Which build of ONNX Runtime computes, for the reader. */
  readonly runtime: string;
  readonly contract: ModelContract;
}

/**
 * Loads a package with an ONNX graph and its contract, of whatever kind it is, and runs it once on a black image, so that whoever is told that it
 * is ready has an answer for granted.
 *
 * @throws ModelDeckError `unsupported` or `invalid-input` when the archive or the graph cannot be served
 */
export async function openOnnx(
  model: ServedModel,
  { log }: { readonly log: (line: string) => void },
  task: Task<ServerStep>,
): Promise<OnnxBackend> {
  task.onProgress?.({ step: 'load-model' });
  const kind = packageKinds.of(model.kind);
  const contents = await kind.read(model.archive, { signal: task.signal });
  const found = await kind.onnxGraph?.(model.archive, { signal: task.signal });
  const contract = contractOf(contents);
  if (!found || contract === undefined) {
    throw new ModelDeckError('unsupported', `${model.modelName} has no ONNX weights with a contract.`, {
      remedy: contents.warnings.join(' ') || 'Package it with "input" and "output" in model-deck.yaml.',
    });
  }
  const content = await found.read({ signal: task.signal });
  const session = await openSession({ ...content, name: found.name }, contract.input.name, log);
  const input = new ModelInput(session, contract.input);
  task.onProgress?.({ step: 'wait-ready' });
  const classes = await answerOnBlack(input, contract);
  return backendOf(session, input, contract, classes);
}

function backendOf(session: OnnxSession, input: ModelInput, contract: ModelContract, classes: number): OnnxBackend {
  const { labels } = contract.output;
  const rowsOf = async (instances: readonly InferenceInput[], signal: AbortSignal): Promise<readonly string[]> => {
    const texts: string[] = [];
    for (const [index, instance] of instances.entries()) {
      if (signal.aborted) throw ModelDeckError.cancelled();
      const tensor = await input.ofInstance(instance, `instances[${index}]`, signal);
      const [row = []] = classRows(await input.run([tensor]), contract.output, classes);
      texts.push(predictionText(row, contract.output));
    }
    return texts;
  };
  return {
    platform: 'onnxruntime',
    runtime: session.runtime,
    contract,
    labels,
    inputs: [{ name: session.input.name, datatype: session.input.datatype, shape: session.input.shape }],
    outputs: session.outputs,
    predict: rowsOf,
    infer: (inputs, signal) => input.infer(inputs, signal),
    close: () => session.release(),
  };
}

/** @returns how many numbers the output that counts has for one picture */
async function answerOnBlack(input: ModelInput, contract: ModelContract): Promise<number> {
  const outputs: readonly AnswerTensor[] = await input.run([input.black()]);
  const [row = []] = classRows(outputs, contract.output, contract.output.classes ?? contract.output.labels?.length);
  predictionText(row, contract.output);
  return row.length;
}

function contractOf({ contract, preprocessing, labels }: PackageContents): ModelContract | undefined {
  const known = contract ?? (preprocessing && fromPreprocessing(preprocessing));
  if (!known || known.output.labels !== undefined || labels === undefined) return known;
  return { ...known, output: { ...known.output, labels } };
}
