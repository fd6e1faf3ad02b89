/** Gradients of depthwise convolutions that make several channels of each: rare, and so one by one. */
import { overTaps } from './depthwise-routines.ts';
import type { Geometry } from './geometry.ts';

/** Visits every (input, output, tap) that meet, as offsets in floats. */
function overMeetings(g: Geometry, visit: (input: number, output: number, tap: number) => void): void {
  const multiplier = g.outChannels / g.inChannels;
  overTaps(g, 0, g.batchSize * g.outHeight, (image, output, tap, count) => {
    for (let column = 0; column < count; column++) {
      const from = (image + column * g.strideWidth) * g.inChannels;
      const to = (output + column) * g.outChannels;
      for (let o = 0; o < g.outChannels; o++) visit(from + Math.floor(o / multiplier), to + o, tap * g.outChannels + o);
    }
  });
}

export const multipliedFilterGradient = (dw: Float32Array, x: Float32Array, dy: Float32Array, g: Geometry): void =>
  overMeetings(g, (input, output, tap) => {
    dw[tap]! += x[input]! * dy[output]!;
  });

export const multipliedInputGradient = (dx: Float32Array, dy: Float32Array, w: Float32Array, g: Geometry): void =>
  overMeetings(g, (input, output, tap) => {
    dx[input]! += w[tap]! * dy[output]!;
  });
