import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { numberFormats } from '../../../webview/numberFormats.ts';

/** Some languages put a space before the sign that does not break. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

describe('numbers in the pages', () => {
  const english = numberFormats('en');

  it('write every probability with one digit', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0.338, '33.8%'],
      [0.032, '3.2%'],
      [0.5, '50.0%'],
      [0.00149, '0.1%'],
      [0.98, '98.0%'],
    ];
    for (const [probability, text] of cases) assert.equal(english.percent(probability), text);
  });

  it('never let look like nothing, or like certain, what is not', () => {
    assert.deepEqual([0, 1e-9, 0.0004].map(english.percent), ['0%', '<0.1%', '<0.1%']);
    assert.deepEqual([0.99949, 0.9996, 0.9999999, 1].map(english.percent), ['99.9%', '>99.9%', '>99.9%', '100%']);
  });

  it("follow VS Code's language", () => {
    assert.equal(plain(numberFormats('de').percent(0.338)), '33,8 %');
    assert.equal(plain(numberFormats('fr').count(1234)), '1 234');
    assert.equal(numberFormats('zh-cn').percent(0.032), '3.2%');
    assert.equal(numberFormats('de').ms(8.24), '8,2 ms');
    assert.equal(numberFormats('pt-br').number(14.8567), '14,86');
  });

  it('are English where the language is not known', () => {
    for (const language of [undefined, '', 'qps-ploc', 'no language', 'xx-invalid-xx-xx'])
      assert.equal(numberFormats(language).percent(0.338), '33.8%', language);
  });

  it('write other numbers as they came, short or exact', () => {
    assert.deepEqual([12, -3, 14.8567, -0.00321, 1.2345e-9, 0].map(english.number), [
      '12',
      '-3',
      '14.86',
      '-0.003210',
      '1.235E-9',
      '0',
    ]);
    assert.equal(english.exact(0.338214159), '0.338214159');
    assert.equal(english.exact(Math.fround(0.1)), '0.100000001');
    assert.deepEqual([3, 120.4, 61_000].map(english.ms), ['3.0 ms', '120 ms', '61.0 s']);
  });

  it('leave the date of today out', () => {
    const now = new Date(2026, 10, 28, 12, 0, 0);
    assert.match(plain(english.time(now, now)), /^12:00:00 PM$/);
    assert.match(plain(english.time(new Date(2026, 10, 27, 9, 5, 0), now)), /^11\/27\/26, 9:05:00 AM$/);
  });
});
