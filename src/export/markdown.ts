/** Text of a person's as plain Markdown on one line: no mark, link, tag or table cell comes of it. */
export const plain = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|~$]|&(?=#?\w+;)/g, '\\$&');

/** A name as a code span. */
export const span = (text: string): string => `\`${text.replace(/[`\s]+/g, ' ').trim() || '-'}\``;

/** A string of YAML on one line: JSON's strings are YAML's. */
export const quoted = (text: string): string => JSON.stringify(text);

/** A GitHub table; cells come escaped. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

export const code = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

export const UNMEASURED = 'not measured';

/** Four significant digits, thousands apart. */
export const number = (value: number): string =>
  Number.isFinite(value) ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : UNMEASURED;

export const count = (value: number): string => (Number.isFinite(value) ? value.toLocaleString('en') : UNMEASURED);

/** 0.9512 -> 95.1 %. */
export const percent = (share: number): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : UNMEASURED;

export const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return UNMEASURED;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
};
