import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export type Format = ReturnType<typeof createFormat>;

/** Some browsers know Kazakh by name only and write its numbers the English way; the Russian way is the same as its own. */
export const localesOf = (language: string): string[] => (language === 'kk' ? ['ru'] : [language, 'en']);

/** French has a thin space there, which is none in this size of type. */
const THIN_BEFORE_UNIT = /\u202f(?=\p{L})/u;

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Seconds in each unit of the past, the longest first. */
const AGES = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Numbers as a language writes them. */
export function createFormat(language: string) {
  const locales = localesOf(language);
  const made = new Map<string, Intl.NumberFormat>();
  const withOptions = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const format = made.get(key) ?? new Intl.NumberFormat(locales, options);
    made.set(key, format);
    return format;
  };

  /** 12345.678 as 12,345.68: at most `digits` decimals. */
  const number = (value: number, digits = 2): string =>
    Number.isFinite(value) ? withOptions({ maximumFractionDigits: digits }).format(value) : '–';

  /** Always so many decimals, for columns: 0.340. */
  const fixed = (value: number, digits: number): string =>
    Number.isFinite(value)
      ? withOptions({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
      : '–';

  /** A change: +3.2 or -31.5. */
  const signed = (value: number, digits: number): string =>
    Number.isFinite(value)
      ? withOptions({
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
          signDisplay: 'exceptZero',
        }).format(value)
      : '–';

  /** 0.912 as 91.2 %: a fraction in, one decimal out. */
  const percent = (fraction: number, digits = 1): string =>
    Number.isFinite(fraction)
      ? withOptions({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(fraction)
      : '–';

  /** 0.912 as 91.2 %, and 0.9 as 90 %: a decimal where there is one. */
  const share = (fraction: number): string =>
    Number.isFinite(fraction) ? withOptions({ style: 'percent', maximumFractionDigits: 1 }).format(fraction) : '–';

  /** 4652008 as 4.65M: three significant digits. */
  const compact = (value: number): string => {
    const text = withOptions({ notation: 'compact', maximumSignificantDigits: 3 }).format(value);
    // The one word in which the two languages differ.
    return language === 'kk' ? text.replace('тыс.', 'мың') : text;
  };

  /** 9305000 as 9.3 MB; decimal units, two significant digits below 10, whole above 100. */
  const bytes = (value: number): string => {
    const power = value < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(value) / 3));
    const scaled = value / 1000 ** power;
    const digits = power === 0 || scaled >= 100 ? 0 : 1;
    return withOptions({
      style: 'unit',
      unit: BYTE_UNITS[power] ?? 'byte',
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    })
      .format(scaled)
      .replace(/ byte$/, scaled === 1 ? ' byte' : ' bytes')
      .replace(THIN_BEFORE_UNIT, '\u00a0');
  };

  // English writes "sec" where the symbol is meant.
  const unit = (value: number, name: string, digits: number): string =>
    language === 'en' && name === 'second'
      ? `${number(value, digits)} s`
      : withOptions({ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits })
          .format(value)
          .replace(THIN_BEFORE_UNIT, '\u00a0');

  /** Seconds as 0.4 s, 12 s, 1:07 or 2:05:09. */
  const duration = (seconds: number): string => {
    if (!Number.isFinite(seconds)) return '–';
    if (seconds < 1) return unit(Math.max(0, seconds * 1000), 'millisecond', 0);
    if (seconds < 60) return unit(seconds, 'second', seconds < 10 ? 1 : 0);
    const whole = Math.round(seconds);
    const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
    const shown = parts[0] ? parts : parts.slice(1);
    return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
  };

  /** Milliseconds as 4.2 ms or 118 ms. */
  const milliseconds = (value: number, digits = value < 10 ? 1 : 0): string => unit(value, 'millisecond', digits);

  /** A learning rate as people write it: 0.0003 as 3e-4, 0.05 as 0.05. */
  const rate = (value: number): string => {
    if (value === 0 || (value >= 0.01 && value < 1000))
      return withOptions({ maximumSignificantDigits: 3 }).format(value);
    const [mantissa = '0', exponent = '0'] = value.toExponential(2).split('e');
    return `${withOptions({ maximumFractionDigits: 2 }).format(Number(mantissa))}e${Number(exponent)}`;
  };

  /** Names in a row: "Basil, Mint and Sage". */
  const list = (items: readonly string[]): string =>
    // the one word that numbers have not, which Russian says otherwise
    language === 'kk'
      ? [items.slice(0, -1).join(', '), ...items.slice(-1)].filter(Boolean).join(' және ')
      : new Intl.ListFormat(locales, { type: 'conjunction' }).format(items);

  /** A moment, in milliseconds since 1970, as "3 days ago". */
  const ago = (moment: number, now = Date.now()): string => {
    const seconds = (moment - now) / 1000;
    const [unit, size] = AGES.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const);
    // Browsers that know Kazakh by name only say it in English: a date needs no words.
    if (language === 'kk')
      return new Intl.DateTimeFormat(locales, { dateStyle: 'short', timeStyle: 'short' }).format(moment);
    return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(
      unit === 'second' ? 0 : Math.round(seconds / size),
      unit,
    );
  };

  const decimalSeparator = fixed(0.5, 1).charAt(1);

  return {
    decimalSeparator,
    number,
    fixed,
    signed,
    percent,
    share,
    compact,
    bytes,
    duration,
    milliseconds,
    rate,
    list,
    ago,
  };
}

/** The formats of the page's language. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => createFormat(i18n.language), [i18n.language]);
}
