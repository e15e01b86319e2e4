import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../../src/packaging/read/detection.ts';
import { FindingBook } from '../../../src/views/spec/findingBook.ts';

const file = '/m/model-deck.yaml';
const at = (code: string, line: number, path = file): Finding => ({
  code,
  severity: 'error',
  message: `${code} in ${line}`,
  remedy: 'Fix it.',
  location: { path, line, column: 0 },
});
const text = 'name: net\nhandler: h.py\nlabels: l.txt\n';
const codes = (book: FindingBook, of = file): readonly string[] =>
  book.of(of).map(({ code, location }) => `${code} ${location?.line}`);

describe('what is known to be wrong with a folder', () => {
  it('is told once, when the text and the check both say it', () => {
    const book = new FindingBook();
    book.type(file, text, [at('file-missing', 2), at('spec-field', 0), at('handler-not-found', 1)]);
    const found = [at('file-missing', 2), at('spec-field', 0), at('handler-not-found', 1), at('input-layout', 0)];
    assert.deepEqual(
      book.check('/m', found, () => undefined),
      [file],
    );
    assert.deepEqual(codes(book), ['file-missing 2', 'spec-field 0', 'handler-not-found 1', 'input-layout 0']);
  });

  it('is what the check said, where the spec is not open', () => {
    const book = new FindingBook();
    book.check('/m', [at('file-missing', 2), at('two-classes', 4, '/m/model.py')], () => undefined);
    assert.deepEqual([codes(book), codes(book, '/m/model.py')], [['file-missing 2'], ['two-classes 4']]);
  });

  it('goes with the line that it was about, moves with it, and stays with others', () => {
    const book = new FindingBook();
    book.type(file, text, []);
    book.check('/m', [at('handler-entry', 1), at('labels-shape', 2), at('code', 3, '/m/model.py')], () => undefined);
    book.type(file, `# new\n${text}`, []);
    assert.deepEqual(codes(book), ['handler-entry 2', 'labels-shape 3']);
    book.type(file, 'name: net\nhandler: other.py\nlabels: l.txt\n', []);
    assert.deepEqual(codes(book), ['labels-shape 2']);
    assert.deepEqual(codes(book, '/m/model.py'), ['code 3']);
  });

  it('is followed by its fixes', () => {
    const book = new FindingBook();
    const fixes = [{ title: 'Write h', line: 1, column: 9, endColumn: 13, text: 'h' }];
    book.type(file, text, []);
    book.check('/m', [{ ...at('handler-entry', 1), fixes }], () => undefined);
    book.edit(file, `\n\n${text}`);
    assert.equal(book.of(file)[0]?.fixes?.[0]?.line, 3);
  });

  it('is replaced by the next check of the folder, and of that folder alone', () => {
    const book = new FindingBook();
    book.check('/m', [at('a', 0)], () => undefined);
    book.check('/other', [at('b', 0, '/other/model-deck.yaml')], () => undefined);
    assert.deepEqual(
      book.check('/m', [], () => undefined),
      [file],
    );
    assert.deepEqual([codes(book), codes(book, '/other/model-deck.yaml')], [[], ['b 0']]);
  });

  it('of an open file goes with its text when it is closed', () => {
    const book = new FindingBook();
    book.type(file, text, [at('spec-field', 0)]);
    book.close(file);
    assert.deepEqual(codes(book), []);
  });

  it('finds its lines in the text of an open file that was not read before', () => {
    const book = new FindingBook();
    book.check('/m', [at('handler-entry', 1)], () => text);
    book.edit(file, `\n${text}`);
    assert.deepEqual(codes(book), ['handler-entry 2']);
  });
});
