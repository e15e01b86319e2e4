/** How numbers and times are written: each kind in one way. Knows the language only, not the page. */
export interface NumberFormats {
  /** `33.8%`, `3.2%`. What is not 0 or 1 never looks like it: `<0.1%`, `>99.9%`. */
  readonly percent: (probability: number) => string;
  /** A number as the model gave it: `14.86`, `-0.003210`, `1.234E-9`. */
  readonly number: (value: number) => string;
  /** With all digits that a 32-bit float has. */
  readonly exact: (value: number) => string;
  /** `17`, `1,234`. */
  readonly count: (count: number) => string;
  /** `8.2 ms`, `120 ms`, `12.3 s`. */
  readonly ms: (milliseconds: number) => string;
  /** Of today the time only. */
  readonly time: (at: Date, now?: Date) => string;
}

/** @param language for example `de` or `zh-cn`; one that is not known is as if none was given */
export function numberFormats(language: string | undefined): NumberFormats {
  const locale = knownLocale(language);
  const number = (options?: Intl.NumberFormatOptions): Intl.NumberFormat => new Intl.NumberFormat(locale, options);
  const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const percent = number({ style: 'percent', ...oneDigit });
  const wholePercent = number({ style: 'percent' });
  const fourDigits = number({ minimumSignificantDigits: 4, maximumSignificantDigits: 4, useGrouping: false });
  const power = number({ notation: 'scientific', minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const exact = number({ maximumSignificantDigits: 9, useGrouping: false });
  const plain = number();
  const tenths = number(oneDigit);
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const dateAndTime = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  return {
    percent: (probability) => {
      if (probability === 0 || probability === 1) return wholePercent.format(probability);
      if (probability > 0 && probability < 0.0005) return `<${percent.format(0.001)}`;
      if (probability < 1 && probability >= 0.9995) return `>${percent.format(0.999)}`;
      return percent.format(probability);
    },
    number: (value) => {
      if (Number.isInteger(value) && Math.abs(value) < 1e6) return plain.format(value);
      return isPlain(value) ? fourDigits.format(value) : power.format(value);
    },
    exact: (value) => (value === 0 || isPlain(value) ? exact.format(value) : power.format(value)),
    count: (count) => plain.format(count),
    ms: (milliseconds) => {
      if (milliseconds >= 10_000) return `${tenths.format(milliseconds / 1000)} s`;
      return `${milliseconds < 10 ? tenths.format(milliseconds) : plain.format(Math.round(milliseconds))} ms`;
    },
    time: (at, now = new Date()) =>
      at.toDateString() === now.toDateString() ? time.format(at) : dateAndTime.format(at),
  };
}

function knownLocale(language: string | undefined): string {
  try {
    return (language && Intl.NumberFormat.supportedLocalesOf(language)[0]) || 'en';
  } catch {
    return 'en';
  }
}

/** Whether it is read easily without a power of ten. */
function isPlain(value: number): boolean {
  const size = Math.abs(value);
  return size >= 1e-5 && size < 1e7;
}
