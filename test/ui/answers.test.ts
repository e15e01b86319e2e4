import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { formatSpec } from '../../src/packaging/spec/writeSpec.ts';
import type { ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { contractOf } from '../unit/contract/contracts.ts';
import { oneChannelEach, toyGraph, type ToyGraph } from '../unit/local/toyGraph.ts';
import type { ClassifyPage } from './classifyPage.ts';
import { expect } from './expect.ts';
import { openSession, type Session } from './session.ts';

interface Model {
  readonly graph?: Partial<ToyGraph>;
  readonly output: NonNullable<ModelSpec['output']>;
  readonly origins?: NonNullable<ModelSpec['origins']>;
}

/** Every kind of answer. The first one assumes what most models take. */
const models: Readonly<Record<string, Model>> = {
  findings: {
    graph: { last: 'Sigmoid' },
    output: {
      meaning: 'multi-label',
      activation: 'none',
      classes: 3,
      labels: ['effusion', 'mass', 'nodule'],
      thresholds: [0.5],
    },
    origins: { 'input.mean': 'assumed', 'input.std': 'assumed' },
  },
  pneumonia: {
    graph: { weights: [[2], [-1], [0]] },
    output: { meaning: 'binary', activation: 'sigmoid', classes: 1, labels: ['normal', 'pneumonia'] },
  },
  age: {
    graph: { weights: [[40], [2], [1]] },
    output: { meaning: 'unknown', activation: 'none', classes: 1 },
  },
};

describe('the panel shows each answer as what it is', () => {
  let session: Session;
  let photo: Buffer;

  before(async () => {
    const background = { r: 200, g: 100, b: 10 };
    photo = await sharp({ create: { width: 60, height: 40, channels: 3, background } })
      .png()
      .toBuffer();
    session = await openSession('answers', async (workspace) => {
      for (const [name, model] of Object.entries(models)) await makeFolder(path.join(workspace, name), name, model);
    });
  });
  after(() => session?.close());

  it('each label by itself, with what is assumed beside it and what the model sees', async () => {
    const panel = await deployAndAsk('findings');
    const card = panel.card('findings.png');
    await expect(card.getByTestId('kind')).toHaveText(/need not sum to 100%/);
    await expect(card.getByTestId('label')).toHaveText(['effusion', 'mass', 'nodule']);
    await expect(card.getByTestId('probability').first()).toHaveText(/9\d\.\d/);
    await expect(card).toContainText(/assumed/i);
    await session.workbench.screenshot('1-multi-label');
    await card.locator('summary', { hasText: 'What the model sees' }).click();
    await expect(card.getByTestId('seen-image')).toHaveJSProperty('naturalWidth', 32);
    await expect(card.locator('tr[data-field="input.mean"]')).toContainText('assumed');
    await session.workbench.screenshot('2-seen');
  });

  it('one probability of yes or no', async () => {
    const panel = await deployAndAsk('pneumonia');
    const card = panel.card('pneumonia.png');
    await expect(card.getByTestId('kind')).toHaveText(/yes or no/);
    await expect(card.getByTestId('label').first()).toHaveText('P(pneumonia)');
    await session.workbench.screenshot('3-binary');
  });

  it('numbers of which nobody knows what they mean, as numbers', async () => {
    const panel = await deployAndAsk('age');
    const card = panel.card('age.png');
    await expect(card.getByTestId('kind')).toHaveText(/meaning is not known/);
    await expect(card.getByTestId('number')).toHaveCount(1);
    await expect(card.getByTestId('probability')).toHaveCount(0);
    await session.workbench.screenshot('4-unknown');
  });

  async function deployAndAsk(name: string): Promise<ClassifyPage> {
    const panel = await session.workbench.deployAndClassify(name);
    await panel.drop(`${name}.png`, photo);
    return panel;
  }
});

async function makeFolder(folder: string, name: string, { graph, output, origins }: Model): Promise<void> {
  const spec: ModelSpec = {
    name,
    version: '1.0',
    weights: 'model.onnx',
    handler: 'model-deck:onnx-image-classifier',
    input: contractOf({}, { width: 32, height: 32 }).input,
    output,
    ...(origins && { origins }),
  };
  await mkdir(folder);
  await writeFile(path.join(folder, 'model-deck.yaml'), formatSpec(spec));
  await writeFile(
    path.join(folder, 'model.onnx'),
    toyGraph({ shape: [-1, 3, 32, 32], weights: oneChannelEach, ...graph }).graph,
  );
}
