import { graph } from './graphAlone.ts';
import { classifier, ending, node, scores } from './graphFile.ts';
import type { ReaderCase } from './readerCase.ts';

const single = { meaning: 'single-label', activation: 'none' } as const;
const outputs = graph('which output');
const features = { name: 'features', shape: ['n', 512] } as const;
export const outputCases: readonly ReaderCase[] = [
  outputs(
    'features, then logits that are made of them',
    {
      nodes: [...classifier('image', 'features'), node('Gemm', ['features', 'w'], 'logits')],
      outputs: [features, { name: 'logits', shape: ['n', 3] }],
    },
    { output: { name: 'logits', classes: 3 }, origins: { 'output.name': 'graph' } },
  ),
  outputs(
    'logits first, features second',
    {
      nodes: [...classifier('image', 'features'), node('Gemm', ['features', 'w'], 'logits')],
      outputs: [{ name: 'logits', shape: ['n', 3] }, features],
    },
    { output: { name: 'logits' } },
  ),
  outputs(
    'probabilities beside their class number',
    {
      nodes: ending(node('Softmax', 'logits', 'scores'), node('ArgMax', 'scores', 'best')),
      outputs: [{ name: 'best', shape: ['n'], type: 'int64' }, scores()],
    },
    { output: { name: 'scores', ...single } },
  ),
  outputs(
    'two that nothing tells apart',
    {
      nodes: [...classifier('image', 'a'), ...classifier('image', 'b')],
      outputs: [
        { name: 'a', shape: ['n', 3] },
        { name: 'b', shape: ['n', 3] },
      ],
    },
    { output: { name: 'a' }, assumed: ['output.name'] },
  ),
  outputs(
    'a map of features beside the classes',
    { outputs: [{ name: 'map', shape: ['n', 512, 7, 7] }, scores()] },
    { output: { name: 'scores' }, origins: { 'output.name': 'graph' } },
  ),
  outputs(
    'a detector of [1, 84, N]',
    { outputs: [{ name: 'output0', shape: [1, 84, 8400] }] },
    { refused: true, says: /an object detector/ },
  ),
  outputs(
    'a detector with boxes and scores',
    {
      outputs: [
        { name: 'boxes', shape: ['n', 4] },
        { name: 'scores', shape: ['n', 3] },
      ],
    },
    { refused: true, says: /an object detector.*boxes/ },
  ),
  outputs(
    'a detector that ends in NonMaxSuppression',
    { nodes: ending(node('NonMaxSuppression', ['logits', 'logits'], 'scores')), outputs: [scores(['n', 3], 'int64')] },
    { refused: true, says: /NonMaxSuppression/ },
  ),
  outputs(
    'a number for each pixel',
    { outputs: [{ name: 'mask_logits', shape: [1, 21, 224, 224] }] },
    { refused: true, says: /segmentation model/ },
  ),
  outputs(
    'a free number of classes, read off the last layer',
    { outputs: [scores(['n', 'classes'])], tensors: { weight: { dimensions: [7, 512] } } },
    { output: { classes: 7 }, origins: { 'output.classes': 'graph' } },
  ),
  outputs('[N, classes, 1, 1]', { outputs: [scores(['n', 9, 1, 1])] }, { output: { classes: 9 } }),
  outputs('without a batch', { outputs: [scores([5])] }, { output: { classes: 5 } }),
];
