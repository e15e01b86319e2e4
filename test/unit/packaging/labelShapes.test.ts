import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LabelProblem, type LabelReader } from '../../../src/packaging/read/labels/labelFile.ts';
import { labelReaders, readLabels } from '../../../src/packaging/read/labels/readLabels.ts';
import { describeLabelReader, type LabelFiles } from '../../conformance/labelReaders.ts';

/** A shape of the tests: `[cat]` sections, as some programs of microscopes write them. */
const sections: LabelReader = {
  isUsual: (name) => name === 'classes.ini',
  endings: ['.ini'],
  read: ({ text }) => ({
    shape: 'sections',
    entries: text
      .trimEnd()
      .split(/\r?\n/)
      .map((written, line) => {
        const label = /^\[(.+)\]$/.exec(written)?.[1];
        if (label === undefined) throw new LabelProblem('labels-shape', 'a section has no bracket', line);
        return { index: line, label, line };
      }),
  }),
};
describeLabelReader(sections, {
  name: 'classes.ini',
  good: '[cat]\n[dog]\n[owl]\n',
  broken: { text: '[cat]\ndog\n', line: 1 },
});

const known: readonly LabelFiles[] = [
  { name: 'labels.json', good: '["cat",\n"dog",\n"owl"]', broken: { text: '["cat",\n7]', line: 1 } },
  { name: 'labels.txt', good: 'cat\ndog\nowl\n', broken: { text: 'cat\n\nowl\n', line: 1 } },
  { name: 'labels.csv', good: 'id,name\n0,cat\n1,dog\n2,owl\n', broken: { text: 'id,name\n0,cat\nx,dog\n', line: 2 } },
  { name: 'data.yaml', good: 'names:\n- cat\n- dog\n- owl\n', broken: { text: 'names:\n- cat\n- []\n', line: 2 } },
];
for (const [index, files] of known.entries()) {
  const reader = labelReaders[index];
  assert.ok(reader);
  describeLabelReader(reader, files);
}

describe('the shapes of labels', () => {
  it('are all held to what a shape has to do', () => assert.equal(labelReaders.length, known.length));

  it('are named where a file has none of their endings', async () => {
    await assert.rejects(readLabels('/m/labels.docx'), /end in \.json, \.txt, \.names, \.lst, \.csv.*\.onnx/);
    await assert.rejects(readLabels('/m/labels.docx', {}, [sections]), /end in \.ini, \.onnx/);
  });
});
