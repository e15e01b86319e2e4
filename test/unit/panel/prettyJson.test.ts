import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { prettyJson } from '../../../src/panel/classify/prettyJson.ts';

describe('JSON for the eye', () => {
  it('means what it meant', () => {
    const values: readonly unknown[] = [
      { predictions: [{ tabby: 0.25, 'a "quoted", {odd} [key]': 'line\nbreak \\ "x"' }], empty: [], none: {} },
      { outputs: [{ name: 'p', shape: [1, 1000], data: Array.from({ length: 1000 }, (_, n) => n / 7) }] },
      [[[], [null, true, false, -1e-9]]],
    ];
    for (const value of values) {
      const text = JSON.stringify(value);
      assert.deepEqual(JSON.parse(prettyJson(text)), value);
      assert.equal(prettyJson(prettyJson(text)), prettyJson(text), 'it is stable');
    }
  });

  it('keeps numbers and the order of keys as they were written', () => {
    const text = '{"predictions":[{"281":0.250,"7":1.0,"12345678901234567890":1e-7}]}';
    const order = /"281": 0\.250.*"7": 1\.0.*"12345678901234567890": 1e-7/s;
    assert.match(prettyJson(text), order);
    assert.match(prettyJson(JSON.stringify({ fill: 'x'.repeat(100) }).replace('{', `${text.slice(0, -1)},`)), order);
  });

  it('puts one thing on a line, and as many numbers as fit', () => {
    const data = Array.from({ length: 60 }, (_, n) => n + 0.5);
    const lines = prettyJson(JSON.stringify({ model_name: 'cats', outputs: [{ name: 'p', shape: [60], data }] })).split(
      '\n',
    );
    assert.deepEqual(lines.slice(0, 5), [
      '{',
      '  "model_name": "cats",',
      '  "outputs": [',
      '    {',
      '      "name": "p",',
    ]);
    assert.ok(lines.length < 20, `${lines.length} lines`);
    assert.ok(lines.every((line) => line.length <= 100));
  });

  it('takes what was cut for the eye, and leaves alone what is no JSON', () => {
    assert.equal(prettyJson('{"data":[1,2, … (602112 numbers)]}'), '{"data": [1, 2, … (602112 numbers)]}');
    for (const text of [
      '',
      '<html>',
      'Internal Server Error',
      '{"a":',
      '{"a":1}}',
      '[1,]',
      '{a}',
      '["x',
      '['.repeat(5000),
    ])
      assert.equal(prettyJson(text), text, text.slice(0, 20));
  });

  it('is quick with a megabyte', { timeout: 5000 }, () => {
    const text = JSON.stringify({ data: Array.from({ length: 100_000 }, Math.random), text: 'x'.repeat(1 << 20) });
    assert.ok(prettyJson(text).length > text.length);
  });
});
