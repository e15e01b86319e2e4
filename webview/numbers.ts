/** How numbers and times are written in the pages: each kind in one way, as VS Code's language writes them. */

const locale = knownLocale(document.documentElement.dataset['locale']);

/** A language that the browser does not know is as if none was given. */
function knownLocale(name: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(name)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

const percent = new Intl.NumberFormat(locale, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const wholePercent = new Intl.NumberFormat(locale, { style: 'percent' });
const fourDigits = new Intl.NumberFormat(locale, {
  minimumSignificantDigits: 4,
  maximumSignificantDigits: 4,
  useGrouping: false,
});
const power = new Intl.NumberFormat(locale, {
  notation: 'scientific',
  minimumFractionDigits: 3,
  maximumFractionDigits: 3,
});
const exact = new Intl.NumberFormat(locale, { maximumSignificantDigits: 9, useGrouping: false });
const plain = new Intl.NumberFormat(locale);
const oneDigit = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const dateAndTime = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });

/** `33.8%`, `3.2%`. What is not 0 or 1 never looks like it: `<0.1%`, `>99.9%`. */
export function formatPercent(probability: number): string {
  if (probability === 0 || probability === 1) return wholePercent.format(probability);
  if (probability > 0 && probability < 0.0005) return `<${percent.format(0.001)}`;
  if (probability < 1 && probability >= 0.9995) return `>${percent.format(0.999)}`;
  return percent.format(probability);
}

/** A number as the model gave it: `14.86`, `-0.003210`, `1.234E-9`. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return plain.format(value);
  return isPlain(value) ? fourDigits.format(value) : power.format(value);
}

/** With all digits that a 32-bit float has. */
export function formatExact(value: number): string {
  return value === 0 || isPlain(value) ? exact.format(value) : power.format(value);
}

/** `17`, `1,234`. */
export function formatCount(count: number): string {
  return plain.format(count);
}

/** `8.2 ms`, `120 ms`, `12.3 s`. */
export function formatMs(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${oneDigit.format(milliseconds / 1000)} s`;
  return `${milliseconds < 10 ? oneDigit.format(milliseconds) : plain.format(Math.round(milliseconds))} ms`;
}

/** Of today the time only. */
export function formatTime(at: Date): string {
  return at.toDateString() === new Date().toDateString() ? time.format(at) : dateAndTime.format(at);
}

function isPlain(value: number): boolean {
  const size = Math.abs(value);
  return size >= 1e-5 && size < 1e7;
}
