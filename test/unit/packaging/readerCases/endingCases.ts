import { graph } from './graphAlone.ts';
import { ending, node, scores, type GraphFile, type GraphNode } from './graphFile.ts';
import type { ReaderCase, Right } from './readerCase.ts';

const ending3 = (...nodes: readonly GraphNode[]): GraphFile => ({ nodes: ending(...nodes) });

const tail = graph('the last operator that means something');
const single = { meaning: 'single-label', activation: 'none' } as const;
const multi = { meaning: 'multi-label', activation: 'none' } as const;
const unknown = { meaning: 'unknown', activation: 'none' } as const;
const raw: Right = { output: { activation: 'softmax' }, assumed: ['output.meaning', 'output.activation'] };

export const endingCases: readonly ReaderCase[] = [
  tail('nothing behind the linear layer', {}, raw),
  tail('Softmax, then Identity', ending3(node('Softmax', 'logits', 'p'), node('Identity', 'p', 'scores')), {
    output: single,
  }),
  tail('Softmax, then Cast', ending3(node('Softmax', 'logits', 'p'), node('Cast', 'p', 'scores', { to: 1 })), {
    output: single,
  }),
  tail('Softmax, then Reshape', ending3(node('Softmax', 'logits', 'p'), node('Reshape', ['p', 'shape'], 'scores')), {
    output: single,
  }),
  tail('Softmax, then Squeeze', ending3(node('Softmax', 'logits', 'p'), node('Squeeze', 'p', 'scores')), {
    output: single,
  }),
  tail(
    'Softmax, then Unsqueeze, Transpose and Flatten',
    ending3(
      node('Softmax', 'logits', 'a'),
      node('Unsqueeze', 'a', 'b'),
      node('Transpose', 'b', 'c'),
      node('Flatten', 'c', 'scores'),
    ),
    { output: single },
  ),
  tail('Softmax, then Clip', ending3(node('Softmax', 'logits', 'p'), node('Clip', ['p', 'lo', 'hi'], 'scores')), {
    output: single,
  }),
  tail(
    'Softmax, then Relu, which changes no probability',
    ending3(node('Softmax', 'logits', 'p'), node('Relu', 'p', 'scores')),
    { output: single },
  ),
  tail('LogSoftmax', ending3(node('LogSoftmax', 'logits', 'scores')), {
    output: { meaning: 'single-label', activation: 'softmax' },
    origins: { 'output.activation': 'graph' },
  }),
  tail('Softmax, then Log', ending3(node('Softmax', 'logits', 'p'), node('Log', 'p', 'scores')), {
    output: { meaning: 'single-label', activation: 'softmax' },
    origins: { 'output.activation': 'graph' },
  }),
  tail('LogSoftmax, then Exp', ending3(node('LogSoftmax', 'logits', 'p'), node('Exp', 'p', 'scores')), {
    output: single,
  }),
  tail(
    'a softmax in its parts',
    ending3(
      node('ReduceMax', 'logits', 'm'),
      node('Sub', ['logits', 'm'], 's'),
      node('Exp', 's', 'e'),
      node('ReduceSum', 'e', 'sum'),
      node('Div', ['e', 'sum'], 'scores'),
    ),
    { output: single },
  ),
  tail(
    'a sigmoid in its parts',
    {
      ...ending3(
        node('Neg', 'logits', 'm'),
        node('Exp', 'm', 'e'),
        node('Add', ['e', 'one'], 'd'),
        node('Div', ['one', 'd'], 'scores'),
      ),
      tensors: { one: { dimensions: [1], values: [1] } },
    },
    { output: multi },
  ),
  tail(
    'the mean of two softmaxes',
    ending3(node('Softmax', 'logits', 'p'), node('Softmax', 'logits', 'q'), node('Mean', ['p', 'q'], 'scores')),
    { output: single },
  ),
  tail(
    'Softmax times 100',
    {
      ...ending3(node('Softmax', 'logits', 'p'), node('Mul', ['p', 'hundred'], 'scores')),
      tensors: { hundred: { dimensions: [1], values: [100] } },
    },
    { output: unknown },
  ),
  tail('Softmax, then Sqrt', ending3(node('Softmax', 'logits', 'p'), node('Sqrt', 'p', 'scores')), { output: unknown }),
  tail('Softmax, then Round', ending3(node('Softmax', 'logits', 'p'), node('Round', 'p', 'scores')), {
    output: unknown,
  }),
  tail(
    'Sigmoid, then a threshold',
    {
      ...ending3(
        node('Sigmoid', 'logits', 'p'),
        node('Greater', ['p', 'half'], 'b'),
        node('Cast', 'b', 'scores', { to: 1 }),
      ),
      tensors: { half: { dimensions: [1], values: [0.5] } },
    },
    { output: unknown },
  ),
  tail(
    'logits divided by a temperature',
    { ...ending3(node('Div', ['logits', 't'], 'scores')), tensors: { t: { dimensions: [1], values: [1.5] } } },
    raw,
  ),
  tail(
    'a temperature, then Softmax',
    {
      ...ending3(node('Div', ['logits', 't'], 'a'), node('Softmax', 'a', 'scores')),
      tensors: { t: { dimensions: [1], values: [1.5] } },
    },
    { output: single },
  ),
  tail('a dropout in front of Softmax', ending3(node('Dropout', 'logits', 'a'), node('Softmax', 'a', 'scores')), {
    output: single,
  }),
  tail(
    'one sigmoid, then Squeeze',
    { ...ending3(node('Sigmoid', 'logits', 'p'), node('Squeeze', 'p', 'scores')), outputs: [scores(['n'])] },
    { output: { meaning: 'binary', activation: 'none', classes: 1 } },
  ),
  tail(
    'one number without an activation',
    { outputs: [scores(['n', 1])] },
    { output: unknown, assumed: ['output.meaning'] },
  ),
  tail(
    'one number that went through a softmax',
    { ...ending3(node('Softmax', 'logits', 'scores')), outputs: [scores(['n', 1])] },
    { output: unknown },
  ),
  tail(
    'one sigmoid beside its complement',
    {
      ...ending3(node('Sigmoid', 'logits', 'p'), node('Sub', ['one', 'p'], 'q'), node('Concat', ['q', 'p'], 'scores')),
      tensors: { one: { dimensions: [1], values: [1] } },
      outputs: [scores(['n', 2])],
    },
    { output: single },
  ),
  tail(
    'sigmoids of several heads, together',
    {
      ...ending3(node('Sigmoid', 'logits', 'p'), node('Sigmoid', 'logits', 'q'), node('Concat', ['p', 'q'], 'scores')),
      outputs: [scores(['n', 6])],
    },
    { output: multi },
  ),
  tail('HardSigmoid', ending3(node('HardSigmoid', 'logits', 'scores')), { output: multi }),
  tail(
    'the number of the best class',
    { ...ending3(node('Softmax', 'logits', 'p'), node('ArgMax', 'p', 'scores')), outputs: [scores(['n'], 'int64')] },
    { output: { ...unknown, classes: 1 } },
  ),
  tail(
    'the best three and their numbers',
    {
      nodes: [
        ...ending(node('Softmax', 'logits', 'p')),
        { operator: 'TopK', inputs: ['p', 'k'], outputs: ['scores', 'classes'] },
      ],
      outputs: [scores(['n', 3]), { name: 'classes', shape: ['n', 3], type: 'int64' }],
    },
    { output: unknown },
  ),
  tail(
    'a softmax that a function of the file makes',
    {
      nodes: ending({
        operator: 'aten_softmax',
        inputs: ['logits'],
        outputs: ['scores'],
        domain: 'pkg.onnxscript.torch_lib',
      }),
      functionNodes: [],
    },
    { output: single, findings: ['onnx-custom-operators'] },
  ),
  tail(
    'a Softmax of numbers as bytes',
    ending3(
      node('Softmax', 'logits', 'p'),
      node('QuantizeLinear', ['p', 's', 'z'], 'q'),
      node('DequantizeLinear', ['q', 's', 'z'], 'scores'),
    ),
    { output: single },
  ),
];
