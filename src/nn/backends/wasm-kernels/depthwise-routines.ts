/** Depthwise convolutions and their gradients on one thread, one output channel for each input channel. NHWC. */
import { decode, GEOMETRY_NUMBERS, type Geometry, inside } from './geometry.ts';
import type { Site } from './site.ts';

/** Taps of a window that starts at `start` which lie inside [0, length): the first, and how many. */
function clip(start: number, taps: number, dilation: number, length: number): { first: number; count: number } {
  return inside(start, dilation, length, taps);
}

/** Outputs of a row whose whole window lies inside the image: from, and to. */
function interior(g: Geometry): [number, number] {
  const first = inside(-g.left, g.strideWidth, g.inWidth, g.outWidth);
  const last = inside((g.filterWidth - 1) * g.dilationWidth - g.left, g.strideWidth, g.inWidth, g.outWidth);
  // an image narrower than the window has no such output, and both begin behind the last
  const from = Math.min(g.outWidth, Math.max(first.first, last.first));
  return [from, Math.max(from, Math.min(first.first + first.count, last.first + last.count))];
}

/** out [oh, ow, C] of outputs' rows [first, first + rows) of x [B, H, W, C] and w [kh, kw, C]. */
export function depthwiseRows({ loops, floats }: Site, args: readonly number[]): void {
  const g = decode(args);
  const [x, w, out, first, rows] = args.slice(GEOMETRY_NUMBERS) as Five;
  const pixel = 4 * g.inChannels;
  const line = g.inWidth * pixel;
  const [from, to] = interior(g);
  const columns = Array.from({ length: g.outWidth }, (_, column) =>
    clip(column * g.strideWidth - g.left, g.filterWidth, g.dilationWidth, g.inWidth),
  );
  for (let row = first; row < first + rows; row++) {
    const start = (row % g.outHeight) * g.strideHeight - g.top;
    const taps = clip(start, g.filterHeight, g.dilationHeight, g.inHeight);
    const image = Math.floor(row / g.outHeight) * g.inHeight;
    const line0 = x + (image + start + taps.first * g.dilationHeight) * line;
    const filter = w + taps.first * g.filterWidth * pixel;
    const target = out + row * g.outWidth * pixel;
    const outputs = (column: number, count: number, { first: tap, count: some }: { first: number; count: number }) => {
      const at = line0 + (column * g.strideWidth - g.left + tap * g.dilationWidth) * pixel;
      if (taps.count === 0 || some === 0) {
        const zero = (target + column * pixel) / 4;
        floats().fill(0, zero, zero + count * g.inChannels);
        return;
      }
      loops.depthwiseRow(
        target + column * pixel,
        at,
        g.strideWidth * pixel,
        g.dilationHeight * line,
        g.dilationWidth * pixel,
        filter + tap * pixel,
        g.filterWidth * pixel,
        taps.count,
        some,
        count,
        g.inChannels,
      );
    };
    for (let column = 0; column < from; column++) outputs(column, 1, columns[column]!);
    if (to > from) outputs(from, to - from, columns[from]!);
    for (let column = to; column < g.outWidth; column++) outputs(column, 1, columns[column]!);
  }
}

/** A pixel of the images, one of the outputs and a tap of the filter; `count` neighbouring outputs meet the tap. */
type Visit = (image: number, output: number, tap: number, count: number) => void;

/** Visits every (row of outputs, tap) of rows [first, first + rows), clipped to the images. */
export function overTaps(g: Geometry, first: number, rows: number, visit: Visit): void {
  const spans = Array.from({ length: g.filterWidth }, (_, j) =>
    inside(j * g.dilationWidth - g.left, g.strideWidth, g.inWidth, g.outWidth),
  );
  for (let row = first; row < first + rows; row++) {
    const image = Math.floor(row / g.outHeight);
    const top = (row % g.outHeight) * g.strideHeight - g.top;
    for (let i = 0; i < g.filterHeight; i++) {
      const y = top + i * g.dilationHeight;
      if (y < 0 || y >= g.inHeight) continue;
      for (const [j, span] of spans.entries()) {
        if (span.count === 0) continue;
        const column = span.first * g.strideWidth + j * g.dilationWidth - g.left;
        const pixel = (image * g.inHeight + y) * g.inWidth + column;
        visit(pixel, row * g.outWidth + span.first, i * g.filterWidth + j, span.count);
      }
    }
  }
}

/** dW [kh, kw, C] += over outputs' rows [first, first + rows), from x and dy. */
export function depthwiseFilterRows({ loops }: Site, args: readonly number[]): void {
  const g = decode(args);
  const [x, dy, out, first, rows] = args.slice(GEOMETRY_NUMBERS) as Five;
  const bytes = 4 * g.inChannels;
  overTaps(g, first, rows, (image, output, tap, count) =>
    loops.addProducts(
      out + tap * bytes,
      x + image * bytes,
      g.strideWidth * bytes,
      dy + output * bytes,
      bytes,
      count,
      g.inChannels,
    ),
  );
}

/** dX of images [first, first + images), zero before, from dy and w: every tap adds to where it looked. */
export function depthwiseInputImages({ loops }: Site, args: readonly number[]): void {
  const g = decode(args);
  const [dx, dy, w, first, images] = args.slice(GEOMETRY_NUMBERS) as Five;
  const bytes = 4 * g.inChannels;
  overTaps(g, first * g.outHeight, images * g.outHeight, (image, output, tap, count) =>
    loops.addScaled(
      dx + image * bytes,
      g.strideWidth * bytes,
      dy + output * bytes,
      bytes,
      w + tap * bytes,
      count,
      g.inChannels,
    ),
  );
}
type Five = [number, number, number, number, number];
