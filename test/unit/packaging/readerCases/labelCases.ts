import { graphFile, scores } from './graphFile.ts';
import { casesOf, type ReaderCase, type Right } from './readerCase.ts';

const three = ['cat', 'dog', 'owl'];

/** A label file beside a graph of three classes, offered and converted. */
const read = (name: string, content: string | Buffer, names: readonly string[] = three): ReaderCase => ({
  kind: 'labels in a usual shape',
  what: `${name}: ${String(content).slice(0, 40).replaceAll('\n', ' ')}`,
  files: { 'net.onnx': graphFile(), [name]: content },
  right: { labels: { file: name, names } },
});

const shapes: readonly ReaderCase[] = [
  read('labels.txt', 'cat\ndog\nowl'),
  read('labels.txt', 'cat\r\ndog\r\nowl\r\n'),
  read('labels.txt', '\uFEFFcat\ndog\nowl\n'),
  read('classes.txt', '0 cat\n1 dog\n2 owl\n'),
  read('classes.txt', '0: cat\n1: dog\n2: owl\n'),
  read('labels.txt', '2 owl\n0 cat\n1 dog\n'),
  read('labels.txt', '2 doors\n4 doors\n4 wheels\n', ['2 doors', '4 doors', '4 wheels']),
  read('synset.txt', 'n01440764 tench\nn01443537 goldfish\nn01484850 shark\n', ['tench', 'goldfish', 'shark']),
  read('obj.names', 'cat\ndog\nowl\n'),
  read('imagenet_class_index.json', '{"0": ["n1", "cat"], "1": ["n2", "dog"], "2": ["n3", "owl"]}'),
  read('index_to_name.json', '["cat", "dog", "owl"]'),
  read('index_to_name.json', '{"object_type_names": ["cat", "dog", "owl"]}'),
  read('class_to_idx.json', '{"cat": 0, "dog": 1, "owl": 2}'),
  read('class_indices.json', '{"0": "cat", "1": "dog", "2": "owl"}'),
  read('class_names.json', '["cat", "dog", "owl"]'),
  read('labels.json', '{"labels": ["cat", "dog", "owl"]}'),
  read('labels.json', '[{"id": 2, "name": "owl"}, {"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}]'),
  read(
    'categories.json',
    '{"categories": [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}, {"id": 2, "name": "owl"}]}',
  ),
  read('id2label.json', '{"0": "cat", "1": "dog", "2": "owl"}'),
  read('label_map.json', '{"cat": "0", "dog": "1", "owl": "2"}'),
  read('labels.csv', 'cat\ndog\nowl\n'),
  read('labels.csv', 'id,name\n0,cat\n1,dog\n2,owl\n'),
  read('classes.csv', 'name,id\nowl,2\ncat,0\ndog,1\n'),
  read('labels.csv', 'index;label\n0;cat\n1;"dog"\n2;owl\n'),
  read('labels.tsv', '0\tcat\n1\tdog\n2\towl\n'),
  read('classes.csv', 'class,display_name\n0,"cat, small"\n1,dog\n2,owl\n', ['cat, small', 'dog', 'owl']),
  read('data.yaml', 'train: x\nnc: 3\nnames: [cat, dog, owl]\n'),
  read('data.yaml', 'names:\n  0: cat\n  1: dog\n  2: owl\n'),
  read('data.yaml', 'names:\n- cat\n- dog\n- owl\n'),
  read('data.yaml', 'names: [yes, no, 1]\n', ['yes', 'no', '1']),
  read('labels.yaml', '- cat\n- dog\n- owl\n'),
  read('labels.txt', 'Katze\nHund\nEule mit Öhrchen\n', ['Katze', 'Hund', 'Eule mit Öhrchen']),
  read('class_names.txt', 'cat\ndog\nowl\n'),
  read('labels.txt', 'cat\ncat\nowl\n', ['cat (0)', 'cat (1)', 'owl']),
];

/** A label file with a fault, told with its line. */
const broken = (what: string, name: string, content: string | Buffer, right: Right): ReaderCase => ({
  kind: 'labels with a fault',
  what,
  files: { 'net.onnx': graphFile(), [name]: content },
  right,
});

const faults: readonly ReaderCase[] = [
  broken('too few lines', 'labels.txt', 'cat\ndog\n', {
    findings: ['labels-missing-classes'],
    at: ['labels.txt', 1],
    says: /no label for class 2, and the model has 3 classes/,
  }),
  broken('too many lines', 'labels.txt', 'cat\ndog\nowl\neel\n', {
    findings: ['labels-beyond-classes'],
    at: ['labels.txt', 3],
  }),
  broken('a background in front', 'labels.txt', 'background\ncat\ndog\nowl\n', {
    findings: ['labels-beyond-classes'],
    says: /shifted by one/,
  }),
  broken('an empty line between', 'labels.txt', 'cat\n\ndog\nowl\n', {
    findings: ['labels-shape'],
    at: ['labels.txt', 1],
  }),
  broken('a gap in the numbers', 'index_to_name.json', '{\n"0": "cat",\n"2": "owl"\n}', {
    findings: ['labels-missing-classes'],
    at: ['index_to_name.json', 1],
  }),
  broken('counted from one', 'index_to_name.json', '{"1": "cat", "2": "dog", "3": "owl"}', {
    findings: ['labels-beyond-classes', 'labels-missing-classes'],
    says: /counted from 1/,
  }),
  broken('counted from one, on lines', 'classes.txt', '1 cat\n2 dog\n3 owl\n', {
    findings: ['labels-beyond-classes', 'labels-missing-classes'],
    says: /counted from 1/,
  }),
  broken('a number twice', 'index_to_name.json', '{\n"0": "cat",\n"1": "dog",\n"1": "eel",\n"2": "owl"\n}', {
    findings: ['labels-double'],
    at: ['index_to_name.json', 3],
  }),
  broken('a number twice on lines', 'classes.txt', '0 cat\n1 dog\n1 eel\n2 owl\n', {
    findings: ['labels-double'],
    at: ['classes.txt', 2],
  }),
  broken('a number twice in a table', 'labels.csv', 'id,name\n0,cat\n1,dog\n1,eel\n2,owl\n', {
    findings: ['labels-double'],
    at: ['labels.csv', 3],
  }),
  broken('keys that are no numbers', 'index_to_name.json', '{\n"0": "cat",\n"one": "dog",\n"2": "owl"\n}', {
    findings: ['labels-shape'],
    at: ['index_to_name.json', 2],
  }),
  broken('a number as a label', 'index_to_name.json', '{\n"0": "cat",\n"1": 7,\n"2": "owl"\n}', {
    findings: ['labels-shape'],
    at: ['index_to_name.json', 2],
  }),
  broken('a comma at the end', 'index_to_name.json', '{\n"0": "cat",\n"1": "dog",\n}', {
    findings: ['labels-not-json'],
    at: ['index_to_name.json', 3],
  }),
  broken('saved as UTF-16', 'labels.txt', Buffer.from('\uFEFFcat\ndog\nowl\n', 'utf16le'), {
    findings: ['labels-not-text'],
    says: /UTF-8/,
  }),
  broken('saved as Latin-1', 'labels.txt', Buffer.from('Katze\nHündin\nEule\n', 'latin1'), {
    findings: ['labels-not-text'],
    says: /UTF-8/,
  }),
  broken('nothing in it', 'labels.txt', '', { findings: ['labels-missing-classes'], says: /names no class/ }),
  broken('another number of classes announced', 'data.yaml', 'nc: 4\nnames: [cat, dog, owl]\n', {
    findings: ['labels-announced'],
    says: /there are 4 classes \(nc\), and names 3/,
  }),
  broken('no YAML', 'data.yaml', 'names: [cat, dog\n', { findings: ['labels-shape'], says: /not YAML/ }),
  broken('a table of pictures, which names no classes', 'labels.csv', 'image,label\na.jpg,cat\nb.jpg,dog\n', {}),
];

const two = casesOf('which of several label files');
const choice: readonly ReaderCase[] = [
  two(
    'that of TorchServe itself before others',
    { 'net.onnx': graphFile(), 'labels.txt': 'a\nb\nc\n', 'index_to_name.json': '["cat", "dog", "owl"]' },
    { labels: { file: 'index_to_name.json', names: three } },
  ),
  two(
    'the one with as many labels as there are classes',
    { 'net.onnx': graphFile(), 'index_to_name.json': '["a", "b"]', 'labels.txt': 'cat\ndog\nowl\n' },
    { labels: { file: 'labels.txt', names: three } },
  ),
  two(
    'the nearest one',
    { 'a/net.onnx': graphFile(), 'a/labels.txt': 'cat\ndog\nowl\n', 'labels.txt': 'x\ny\nz\n' },
    { labels: { file: 'a/labels.txt', names: three } },
  ),
  two(
    'not that of another model',
    { 'a/net.onnx': graphFile(), 'b/labels.txt': 'x\ny\nz\n' },
    { spec: { labels: undefined } as never },
  ),
  two(
    'two labels for one number',
    { 'net.onnx': graphFile({ outputs: [scores(['n', 1])] }), 'labels.txt': 'normal\npneumonia\n' },
    {
      labels: { file: 'labels.txt', names: ['normal', 'pneumonia'] },
      output: { meaning: 'binary' },
      assumed: ['output.meaning'],
    },
  ),
  two(
    'three labels for one number',
    { 'net.onnx': graphFile({ outputs: [scores(['n', 1])] }), 'labels.txt': 'cat\ndog\nowl\n' },
    { findings: ['labels-for-one-number'] },
  ),
];

export const labelCases: readonly ReaderCase[] = [...shapes, ...faults, ...choice];
