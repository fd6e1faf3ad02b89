import { textWidth } from '../panels/curves/text-width.ts';

/** Words that do not fit end in dots. */
export function cut(words: string, width: number): string {
  if (textWidth(words) <= width) return words;
  let shown = words;
  while (shown.length > 1 && textWidth(`${shown}…`) > width) shown = shown.slice(0, -1);
  return `${shown.trimEnd()}…`;
}
