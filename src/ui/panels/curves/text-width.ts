let context: CanvasRenderingContext2D | null = null;
const known = new Map<string, number>();

/** Width in px of a chart label: 12 px, semibold, in the page's font. */
export function textWidth(words: string): number {
  const kept = known.get(words);
  if (kept !== undefined) return kept;
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return words.length * 7;
  context.font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
  const width = Math.ceil(context.measureText(words).width);
  // a font that is still on its way would be remembered with the wrong width
  if (document.fonts.status === 'loaded') known.set(words, width);
  return width;
}
