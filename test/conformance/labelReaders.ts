import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LabelProblem, type LabelReader } from '../../src/packaging/read/labels/labelFile.ts';
import { isLabelFileName, labelsInOrder, readLabels } from '../../src/packaging/read/labels/readLabels.ts';

/** Files of one shape. */
export interface LabelFiles {
  /** As such files are usually called. */
  readonly name: string;
  /** Names cat, dog and owl, in this order. */
  readonly good: string;
  /** Something is wrong in this zero-based line. */
  readonly broken: { readonly text: string; readonly line: number };
}

/** What every shape of label files has to do, registered or not. */
export function describeLabelReader(reader: LabelReader, { name, good, broken }: LabelFiles): void {
  describe(`${name}, as every shape of labels`, () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'model-deck-labels-'));
    });
    after(() => rm(folder, { recursive: true }));

    const read = async (text: string | Buffer): ReturnType<typeof readLabels> => {
      await writeFile(path.join(folder, name), text);
      return readLabels(path.join(folder, name), {}, [reader]);
    };

    it('is known by the name of its files', () => {
      assert.equal(isLabelFileName(`some/folder/${name}`, [reader]), true);
      assert.equal(isLabelFileName(`some/folder/photo${path.extname(name)}`, [reader]), false);
      assert.ok(reader.endings.includes(path.extname(name)));
    });

    it('gives the labels by class number with their lines, whatever ends a line', async () => {
      for (const text of [good, good.replaceAll('\n', '\r\n'), `\uFEFF${good}`]) {
        const reading = await read(text);
        assert.ok(reading);
        assert.deepEqual(labelsInOrder(reading), ['cat', 'dog', 'owl']);
        for (const { line } of reading.entries) assert.ok(line >= 0 && line < text.split('\n').length);
        assert.notEqual(reading.shape, '');
      }
    });

    it('throws a problem with its line for a broken file', async () => {
      await assert.rejects(read(broken.text), (error) => {
        assert.ok(error instanceof LabelProblem, String(error));
        assert.equal(error.line, broken.line);
        return true;
      });
    });

    it('leaves what is no text to whoever reads files', async () => {
      await assert.rejects(read(Buffer.from([0xff, 0xfe, 0x00, 0x41])), (error) => error instanceof LabelProblem);
    });
  });
}
