import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isFile } from '../../../foundation/isThere.ts';
import type { Task } from '../../../foundation/task.ts';
import type { Finding } from '../../read/detection.ts';
import { contractOf } from '../../spec/specContract.ts';
import { checkModel, inputMissing, needsOnnx } from '../folder/modelChecks.ts';
import type { CheckRequest } from '../packageKind.ts';
import { located, specLocator, type CheckContext } from '../torchserve/checks/context.ts';
import { checkName } from '../torchserve/checks/names.ts';
import { isIntermediate, binaryBeside } from './writeOpenVino.ts';

const server = 'OpenVINO Model Server';

/** What OpenVINO Model Server would refuse. @throws ModelDeckError as `PackageKind.check` */
export async function checkForOpenVino(request: CheckRequest, task: Task = {}): Promise<readonly Finding[]> {
  const { spec, specFile, specText } = request;
  if (spec.weights !== undefined && isIntermediate(spec.weights)) {
    const at = await specLocator(specFile, specText);
    return [...checkName({ spec, at }), ...(await checkIntermediate(request, spec.weights, at))];
  }
  const words = { server, laterMessage: 'Cannot read network; the model is not loaded' };
  const facts = await checkModel(request, words, task);
  const { weights, findings } = facts;
  if (weights === undefined || weights.kind === 'onnx') return findings;
  const loads = `${server} loads ONNX graphs and OpenVINO IR (.xml and .bin)`;
  return needsOnnx(facts, { name: spec.weights ?? '', ...weights }, { code: 'openvino-needs-graph', loads });
}

async function checkIntermediate(
  { folder, spec }: CheckRequest,
  weights: string,
  at: CheckContext['at'],
): Promise<readonly Finding[]> {
  const file = path.resolve(folder, weights);
  const findings: Finding[] = [];
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const error = (code: string, message: string, remedy: string): void => {
    findings.push({ code, severity: 'error', message: `weights: ${message}`, remedy, ...located(at('weights')) });
  };
  if (text === undefined) error('file-missing', `${weights} is not there.`, 'Correct the path.');
  else if (!/<net\b/.test(text.slice(0, 4096))) {
    error('openvino-no-ir', `${weights} is no network of OpenVINO: it has no <net>.`, 'Convert the model again (ovc).');
  }
  if (!(await isFile(binaryBeside(file)))) {
    const binary = path.basename(binaryBeside(file));
    error(
      'openvino-weights-missing',
      `${binary}, the weights of ${weights}, is not there.`,
      `Put ${binary} beside it.`,
    );
  }
  if (contractOf(spec) === undefined) findings.push({ ...inputMissing({ server }), ...located(at('handler')) });
  return findings;
}
