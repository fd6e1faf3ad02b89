/**
 * Lays pixels over opaque white, in place; afterwards every alpha is 255. Equals Pillow's `Image.alpha_composite` over
 * opaque white bit for bit. Its integer formula (AlphaComposite.c), for a backdrop of alpha 255, source s and alpha a:
 *
 *     t = 128 * (s * a + 255 * (255 - a)) + 128 * 128
 *     out = ((t >> 8) + t) >> 15                          (0 < a < 255; a = 0 gives 255, a = 255 gives s)
 *
 * Returns whether any pixel was not opaque.
 */
export function overWhite(data: Uint8ClampedArray): boolean {
  let translucent = false;
  for (let i = 3; i < data.length; i += 4) {
    const a = data[i]!;
    if (a === 255) continue;
    translucent = true;
    const white = 255 * (255 - a) + 128;
    for (let c = i - 3; c < i; c++) {
      const t = 128 * (data[c]! * a + white);
      data[c] = ((t >> 8) + t) >> 15;
    }
    data[i] = 255;
  }
  return translucent;
}
