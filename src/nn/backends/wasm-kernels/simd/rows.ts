/** Loops over rows of channels. */
import { advance, type BuiltFunction, type Code, countdown, FunctionBuilder, get, seq, set } from './assembler.ts';
import { overChannels, range } from './channels.ts';

/** sumRows(x, rowBytes, rows, channels, out): out[c] += Σ_r x[r, c]. */
export function sumRows(): BuiltFunction {
  const f = new FunctionBuilder('sumRows', new Array(5).fill('i32'));
  const [x, rowBytes, rows, channels, out] = [0, 1, 2, 3, 4] as const;
  const [at, left] = [f.local('i32'), f.local('i32')];
  const body = overChannels(channels, [x, out], (width, vectors) => {
    const sums = range(vectors).map(() => f.local(width.type));
    const bytes = 4 * width.channels;
    return seq(
      ...sums.map((sum) => set(sum, width.zero)),
      set(at, get(x)),
      set(left, get(rows)),
      countdown(
        left,
        1,
        seq(
          ...sums.map((sum, i) => set(sum, width.add(get(sum), width.load(get(at), bytes * i)))),
          advance(at, get(rowBytes)),
        ),
      ),
      ...sums.map((sum, i) => width.store(get(out), width.add(get(sum), width.load(get(out), bytes * i)), bytes * i)),
    );
  });
  return { builder: f, body };
}

/** addProducts(out, x, xStep, y, yStep, count, channels): out[c] += Σ_i x[i, c] y[i, c]. */
export function addProducts(): BuiltFunction {
  const f = new FunctionBuilder('addProducts', new Array(7).fill('i32'));
  const [out, x, xStep, y, yStep, count, channels] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [atX, atY, left] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const body = overChannels(channels, [out, x, y], (width, vectors) => {
    const sums = range(vectors).map(() => f.local(width.type));
    const bytes = 4 * width.channels;
    const join = (sum: Code, i: number): Code =>
      width.mulAdd(width.load(get(atX), bytes * i), width.load(get(atY), bytes * i), sum);
    return seq(
      ...sums.map((sum) => set(sum, width.zero)),
      set(atX, get(x)),
      set(atY, get(y)),
      set(left, get(count)),
      countdown(
        left,
        1,
        seq(...sums.map((sum, i) => set(sum, join(get(sum), i))), advance(atX, get(xStep)), advance(atY, get(yStep))),
      ),
      ...sums.map((sum, i) => width.store(get(out), width.add(get(sum), width.load(get(out), bytes * i)), bytes * i)),
    );
  });
  return { builder: f, body };
}

/** addScaled(out, outStep, y, yStep, weights, count, channels): out[i, c] += y[i, c] weights[c]. */
export function addScaled(): BuiltFunction {
  const f = new FunctionBuilder('addScaled', new Array(7).fill('i32'));
  const [out, outStep, y, yStep, weights, count, channels] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [to, from, left] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const body = overChannels(channels, [out, y, weights], (width, vectors) => {
    const kept = range(vectors).map(() => f.local(width.type));
    const bytes = 4 * width.channels;
    const sum = (i: number): Code =>
      width.mulAdd(width.load(get(from), bytes * i), get(kept[i]!), width.load(get(to), bytes * i));
    return seq(
      ...kept.map((weight, i) => set(weight, width.load(get(weights), bytes * i))),
      set(to, get(out)),
      set(from, get(y)),
      set(left, get(count)),
      countdown(
        left,
        1,
        seq(
          ...kept.map((_, i) => width.store(get(to), sum(i), bytes * i)),
          advance(to, get(outStep)),
          advance(from, get(yStep)),
        ),
      ),
    );
  });
  return { builder: f, body };
}

/** addRuns(out, outStep, y, yStep, count, length): out[i, 0..length] += y[i, 0..length]; rows of `out` may overlap. */
export function addRuns(): BuiltFunction {
  const f = new FunctionBuilder('addRuns', new Array(6).fill('i32'));
  const [out, outStep, y, yStep, count, length] = [0, 1, 2, 3, 4, 5] as const;
  const [to, from, left] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const body = countdown(
    count,
    1,
    seq(
      set(to, get(out)),
      set(from, get(y)),
      set(left, get(length)),
      overChannels(left, [to, from], (width, vectors) =>
        seq(
          ...range(vectors).map((i) => {
            const offset = 4 * width.channels * i;
            return width.store(get(to), width.add(width.load(get(to), offset), width.load(get(from), offset)), offset);
          }),
        ),
      ),
      advance(out, get(outStep)),
      advance(y, get(yStep)),
    ),
  );
  return { builder: f, body };
}
