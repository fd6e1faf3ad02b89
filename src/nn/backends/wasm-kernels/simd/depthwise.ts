import {
  add,
  advance,
  type BuiltFunction,
  type Code,
  countdown,
  FunctionBuilder,
  get,
  int,
  mul,
  seq,
  set,
} from './assembler.ts';
import { overChannels, range } from './channels.ts';

/**
 * depthwiseRow(out, x, xStep, xRow, xTap, w, wRow, rows, taps, count, channels): for `count` neighbouring outputs,
 * out[i, c] = Σ x[i, row, tap, c] w[row, tap, c]. `xStep` leads from an output's window to the next one's, `xRow` and `xTap`
 * through a window, `wRow` from a row of the filter to the next; windows must lie inside the image.
 */
export function depthwiseRow(): BuiltFunction {
  const f = new FunctionBuilder('depthwiseRow', new Array(11).fill('i32'));
  const [out, x, xStep, xRow, xTap, w, wRow, rows, taps, count, channels] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
  const [left, corner, filter, row, at, weights] = range(6).map(() => f.local('i32')) as Six;
  const [rowsLeft, tapsLeft, wTap, wLine] = range(4).map(() => f.local('i32')) as Four;
  const body = overChannels(left, [out, corner, filter], (width, vectors) => {
    const sums = range(vectors).map(() => f.local(width.type));
    const bytes = 4 * width.channels;
    const join = (i: number): Code =>
      set(sums[i]!, width.mulAdd(width.load(get(at), bytes * i), width.load(get(weights), bytes * i), get(sums[i]!)));
    return seq(
      ...sums.map((sum) => set(sum, width.zero)),
      set(row, get(corner)),
      set(wLine, get(filter)),
      set(rowsLeft, get(rows)),
      countdown(
        rowsLeft,
        1,
        seq(
          set(at, get(row)),
          set(weights, get(wLine)),
          set(tapsLeft, get(taps)),
          countdown(tapsLeft, 1, seq(...range(vectors).map(join), advance(at, get(xTap)), advance(weights, get(wTap)))),
          advance(row, get(xRow)),
          advance(wLine, get(wRow)),
        ),
      ),
      ...sums.map((sum, i) => width.store(get(out), get(sum), bytes * i)),
    );
  });
  return {
    builder: f,
    body: seq(
      set(wTap, mul(get(channels), int(4))),
      countdown(
        count,
        1,
        seq(set(left, get(channels)), set(corner, get(x)), set(filter, get(w)), body, set(x, add(get(x), get(xStep)))),
      ),
    ),
  };
}
type Six = [number, number, number, number, number, number];
type Four = [number, number, number, number];
