import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pythonWithTorch } from '../../scripts/torchserve/environment.ts';
import { packageContract } from '../../src/packaging/index.ts';
import { readSpec } from '../../src/packaging/index.ts';
import type { ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import type { MatrixCase } from '../parity/matrixCases.ts';
import type { MatrixPeer, Probabilities } from '../parity/matrixPeer.ts';
import { sampleFolder } from '../unit/local/sampleArchive.ts';

/** A model of the table "which runtime for which model". */
export interface TableModel {
  /** Its row. */
  readonly row: string;
  /** Absolute. */
  readonly folder: string;
  readonly spec: ModelSpec;
  readonly expected: (picture: string) => Promise<Probabilities>;
}

const onnxHandler = 'model-deck:onnx-image-classifier';
const makeNetwork = path.join(import.meta.dirname, '..', '..', 'scripts', 'runtimes', 'makeNetwork.py');

/** The spec of a model of the parity matrix, which says its whole contract. */
export function specOfCase({ name, input, output }: MatrixCase): ModelSpec {
  return { name, version: '1.0', weights: `${name}.onnx`, handler: onnxHandler, input, output };
}

/** One model for each row, with what onnxruntime in Python answers for it. */
export async function tableModels(peer: MatrixPeer): Promise<readonly TableModel[]> {
  const models = path.join(peer.folder, 'models');
  const ofCase = (row: string, is: (one: MatrixCase['row']) => boolean): TableModel => {
    // One that takes a single picture, so that every server can be asked with one.
    const found = peer.cases.find((one) => is(one.row) && one.row.batch !== '3');
    if (found === undefined) throw new Error(`The matrix has no model for "${row}".`);
    return caseModel(peer, row, found);
  };
  const plain = peer.cases.find(
    ({ row }) => row.type === 'float32' && row.weights === 'inside' && row.batch === 'free',
  );
  if (plain === undefined) throw new Error('The matrix has no plain model.');
  const ofIr = (irVersion: number): Promise<TableModel> => withIr(peer, plain, irVersion);
  return [
    await sample(peer, models),
    ...network(peer, models),
    ofCase('ONNX with a float16 input', ({ type }) => type === 'float16'),
    ofCase('ONNX with a uint8 input', ({ type }) => type === 'uint8'),
    ofCase('ONNX with several labels for one picture', ({ meaning }) => meaning === 'multi-label'),
    ofCase('ONNX of grey pictures', ({ colour }) => colour === 'grey'),
    ofCase('ONNX with weights in other files', ({ weights }) => weights === 'external'),
    await ofIr(7),
    await ofIr(8),
    await ofIr(9),
    await ofIr(10),
    await withOpset(peer, plain, 21),
  ];
}

export function caseModel(peer: MatrixPeer, row: string, one: MatrixCase): TableModel {
  const folder = path.join(peer.folder, 'models', one.name);
  return { row, folder, spec: specOfCase(one), expected: (picture) => peer.expected(one, picture) };
}

async function sample(peer: MatrixPeer, models: string): Promise<TableModel> {
  const folder = path.join(models, 'sample');
  await cp(sampleFolder, folder, { recursive: true });
  await cp(path.join(folder, 'efficientnet-lite0.onnx'), path.join(folder, 'sample.onnx'));
  const { provenance, ...read } = await readSpec(path.join(folder, 'model-deck.yaml'));
  void provenance;
  const spec = { ...read, name: 'sample', weights: 'sample.onnx' };
  const contract = await packageContract(folder, spec);
  const { labels = [] } = contract?.output ?? {};
  const asked = { name: 'sample', input: contract?.input, output: { ...contract?.output, name: 'logits', labels } };
  return {
    row: 'The sample: ONNX, int8 weights',
    folder,
    spec,
    expected: (picture) => peer.expected(asked as MatrixCase, picture),
  };
}

/** A resnet18 as TorchScript and as state_dict; its answers are those of its ONNX export. */
function network(peer: MatrixPeer, models: string): readonly TableModel[] {
  const labels = ['ant', 'bee', 'cat', 'dog', 'elk'];
  execFileSync(pythonWithTorch(console.log), [makeNetwork, models, String(labels.length)], { stdio: 'ignore' });
  const input = {
    name: 'image',
    colour: 'rgb',
    resize: { method: 'shorter-side', length: 73 },
    interpolation: 'bilinear',
    width: 64,
    height: 64,
    range: '0..1',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    layout: 'NCHW',
    type: 'float32',
    batch: 'free',
  } as const;
  const output = { name: 'logits', meaning: 'single-label', activation: 'softmax', classes: 5, labels } as const;
  const asked = { name: 'onnx', input, output } as unknown as MatrixCase;
  const expected = (picture: string): Promise<Probabilities> => peer.expected(asked, picture);
  const { name: inputName, ...takes } = input;
  const { name: outputName, ...gives } = output;
  void inputName;
  void outputName;
  const spec = { version: '1.0', handler: 'model-deck:image-classifier', input: takes, output: gives };
  return [
    {
      row: 'TorchScript',
      folder: path.join(models, 'torchscript'),
      spec: { ...spec, name: 'torchscript', weights: 'net.pt' },
      expected,
    },
    {
      row: 'A state_dict of a network of torchvision',
      folder: path.join(models, 'state-dict'),
      spec: { ...spec, name: 'state-dict', weights: 'net.pth', architecture: { name: 'resnet18', classes: 5 } },
      expected,
    },
  ];
}

/** The same graph with another IR version, which is its second byte. */
async function withIr(peer: MatrixPeer, one: MatrixCase, irVersion: number): Promise<TableModel> {
  const name = `ir-${irVersion}`;
  const folder = path.join(peer.folder, 'models', name);
  const bytes = await readFile(path.join(peer.folder, 'models', one.name, `${one.name}.onnx`));
  bytes[1] = irVersion;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}.onnx`), bytes);
  return caseModel(peer, `ONNX of IR version ${irVersion}, opset 13`, { ...one, name });
}

async function withOpset(peer: MatrixPeer, one: MatrixCase, opset: number): Promise<TableModel> {
  const name = `opset-${opset}`;
  const from = path.join(peer.folder, 'models', one.name, `${one.name}.onnx`);
  const folder = path.join(peer.folder, 'models', name);
  await mkdir(folder, { recursive: true });
  await peer.run(`import onnx
model = onnx.load(${JSON.stringify(from)})
model.opset_import[0].version = ${opset}
model.ir_version = 10
onnx.checker.check_model(model)
onnx.save(model, ${JSON.stringify(path.join(folder, `${name}.onnx`))})
print('{}')
`);
  return caseModel(peer, `ONNX of IR version 10, opset ${opset}`, { ...one, name });
}
