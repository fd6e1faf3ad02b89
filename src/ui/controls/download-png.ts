import type { Drawing } from './download-svg.ts';

/** Twice as fine as the page: sharp on a projector and in print. */
const SCALE = 2;

/** The drawing as pixels, in the page's own fonts. */
export async function pngOf({ svg, width, height }: Drawing): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([await withFonts(svg)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(width * SCALE, height * SCALE);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/png' });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A picture may load nothing while it is drawn: the fonts that its words need go into it. */
async function withFonts(svg: string): Promise<string> {
  const words = new Set([...(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement.textContent ?? '')]);
  const points = [...words].map((letter) => letter.codePointAt(0) ?? 0);
  const faces = await Promise.all(
    [...document.styleSheets].flatMap((sheet) =>
      rulesOf(sheet)
        .filter((rule) => svg.includes(familyOf(rule)) && covers(rule, points))
        .map((rule) => embedded(rule, sheet.href ?? document.baseURI)),
    ),
  );
  return svg.replace(/(<svg[^>]*>)/, `$1<style>${faces.join('')}</style>`);
}

function rulesOf(sheet: CSSStyleSheet): CSSFontFaceRule[] {
  try {
    return [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
  } catch {
    // a style sheet of another origin, as extensions bring them
    return [];
  }
}

const familyOf = ({ style }: CSSFontFaceRule): string =>
  style.getPropertyValue('font-family').replaceAll(/^["']|["']$/g, '');

function covers({ style }: CSSFontFaceRule, points: readonly number[]): boolean {
  const ranges = style.getPropertyValue('unicode-range').matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/gi);
  return [...ranges].some(([, from = '0', to = from]) =>
    points.some((point) => point >= Number.parseInt(from, 16) && point <= Number.parseInt(to, 16)),
  );
}

async function embedded({ style }: CSSFontFaceRule, base: string): Promise<string> {
  const source = style.getPropertyValue('src').match(/url\(["']?([^"')]+)/)?.[1];
  if (!source) return '';
  const bytes = new Uint8Array(await (await fetch(new URL(source, base))).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const data = `url(data:font/woff2;base64,${btoa(binary)})`;
  return `@font-face{font-family:${style.getPropertyValue('font-family')};font-weight:100 900;src:${data}}`;
}
