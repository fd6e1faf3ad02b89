/**
 * The inner loops of a matrix product with packed panels (Goto and van de Geijn 2008, "Anatomy of high-performance
 * matrix multiplication"): B is copied once into panels of PANEL columns, [panel][k][PANEL], and a tile of TILE rows
 * by PANEL columns of C stays in registers over the whole depth. A is read where it lies, by rows or by columns, so a
 * transposed left operand costs nothing.
 */
import {
  add,
  addFloat,
  addVector,
  advance,
  atLeast,
  type BuiltFunction,
  type Code,
  countdown,
  FunctionBuilder,
  get,
  int,
  type Local,
  less,
  loadFloat,
  loadSplat,
  loadVector,
  mul,
  mulAddVector,
  seq,
  set,
  storeFloat,
  storeVector,
  when,
  zeroFloat,
  zeroVector,
} from './assembler.ts';

/** Columns of a packed panel: two vectors of four. */
export const PANEL = 8;
/** Rows of C in registers: 8 accumulators, two vectors of B, temporaries; PANEL is a multiple, for packed rows. */
export const TILE = 4;

const BYTES = 4 * PANEL;

/**
 * pack(dst, src, depth, columns, rowBytes): one panel of B as [depth][PANEL]; `columns` (1..PANEL) that exist, the
 * others zero. `transposed`: element (k, n) lies at src + n * rowBytes + 4 k, else at src + k * rowBytes + 4 n.
 */
export function packPanel(transposed: boolean): BuiltFunction {
  const f = new FunctionBuilder(transposed ? 'packTransposed' : 'pack', ['i32', 'i32', 'i32', 'i32', 'i32']);
  const [dst, src, depth, columns, rowBytes] = [0, 1, 2, 3, 4] as const;
  const left = f.local('i32');
  const column = f.local('i32');
  const stepK = transposed ? int(4) : get(rowBytes);
  const next = seq(advance(src, stepK), advance(dst, int(BYTES)));
  const whole: Code = transposed
    ? seq(
        set(column, get(src)),
        ...Array.from({ length: PANEL }, (_, n) =>
          seq(storeFloat(get(dst), loadFloat(get(column)), 4 * n), n < PANEL - 1 ? advance(column, get(rowBytes)) : []),
        ),
      )
    : seq(storeVector(get(dst), loadVector(get(src))), storeVector(get(dst), loadVector(get(src), 16), 16));
  const element = (n: number): Code =>
    loadFloat(transposed ? add(get(src), mul(get(rowBytes), int(n))) : get(src), transposed ? 0 : 4 * n);
  const partial = Array.from({ length: PANEL }, (_, n) =>
    when(less(int(n), get(columns)), storeFloat(get(dst), element(n), 4 * n), storeFloat(get(dst), zeroFloat, 4 * n)),
  );
  const body = seq(
    set(left, get(depth)),
    when(
      atLeast(get(columns), int(PANEL)),
      countdown(left, 1, seq(whole, next)),
      countdown(left, 1, seq(...partial, next)),
    ),
  );
  return { builder: f, body };
}

/** What the loops over rows share. */
interface PanelLocals {
  a: Local;
  aStep: Local;
  panel: Local;
  c: Local;
  cRow: Local;
  depth: Local;
  columns: Local;
  accumulate: Local;
  spill: Local;
}

/** One tile of `rows` rows: acc = A B over the depth, then C = acc or C += acc. `byColumns`: A's rows are 4 bytes apart. */
function tile(f: FunctionBuilder, p: PanelLocals, rows: number, byColumns: boolean, unroll: number): Code {
  const acc = Array.from({ length: rows }, () => [f.local('v128'), f.local('v128')] as const);
  const pointers = Array.from({ length: byColumns ? 1 : rows }, () => f.local('i32'));
  const [b, k, b0, b1, x, out] = [
    f.local('i32'),
    f.local('i32'),
    f.local('v128'),
    f.local('v128'),
    f.local('v128'),
    f.local('i32'),
  ];
  const step = (u: number): Code =>
    seq(
      set(b0, loadVector(get(b), BYTES * u)),
      set(b1, loadVector(get(b), BYTES * u + 16)),
      ...acc.map(([low, high], r) =>
        seq(
          set(x, byColumns ? loadSplat(get(pointers[0]!), 4 * r) : loadSplat(get(pointers[r]!), 4 * u)),
          set(low, mulAddVector(get(x), get(b0), get(low))),
          set(high, mulAddVector(get(x), get(b1), get(high))),
        ),
      ),
      byColumns ? advance(pointers[0]!, get(p.aStep)) : [],
    );
  const steps = (count: number): Code =>
    seq(
      ...Array.from({ length: count }, (_, u) => step(u)),
      advance(b, int(BYTES * count)),
      byColumns ? [] : seq(...pointers.map((pointer) => advance(pointer, int(4 * count)))),
    );
  const eachRow = (body: (r: number) => Code): Code =>
    seq(set(out, get(p.c)), ...acc.map((_, r) => seq(body(r), r < rows - 1 ? advance(out, get(p.cRow)) : [])));
  const addOld = when(
    get(p.accumulate),
    eachRow((r) =>
      seq(
        set(acc[r]![0], addVector(get(acc[r]![0]), loadVector(get(out)))),
        set(acc[r]![1], addVector(get(acc[r]![1]), loadVector(get(out), 16))),
      ),
    ),
  );
  const storeWhole = seq(
    addOld,
    eachRow((r) => seq(storeVector(get(out), get(acc[r]![0])), storeVector(get(out), get(acc[r]![1]), 16))),
  );
  // A last panel may be narrower than the vectors: go through a row of scratch memory, column by column.
  const storePartial = eachRow((r) =>
    seq(
      storeVector(get(p.spill), get(acc[r]![0])),
      storeVector(get(p.spill), get(acc[r]![1]), 16),
      ...Array.from({ length: PANEL - 1 }, (_, n) =>
        when(
          less(int(n), get(p.columns)),
          when(
            get(p.accumulate),
            storeFloat(get(out), addFloat(loadFloat(get(out), 4 * n), loadFloat(get(p.spill), 4 * n)), 4 * n),
            storeFloat(get(out), loadFloat(get(p.spill), 4 * n), 4 * n),
          ),
        ),
      ),
    ),
  );
  return seq(
    ...acc.flat().map((local) => set(local, zeroVector)),
    ...pointers.map((pointer, r) => set(pointer, r === 0 ? get(p.a) : add(get(pointers[r - 1]!), get(p.aStep)))),
    set(b, get(p.panel)),
    set(k, get(p.depth)),
    unroll > 1 ? countdown(k, unroll, steps(unroll)) : [],
    countdown(k, 1, steps(1)),
    when(atLeast(get(p.columns), int(PANEL)), storeWhole, storePartial),
  );
}

/**
 * multiply(a, aStep, panel, c, cRow, rows, depth, columns, accumulate, spill): C[rows, columns] (+)= A[rows, depth]
 * panel[depth, columns]; strides in bytes. `byColumns`: A is stored as its transpose, element (m, k) at
 * a + 4 m + k aStep; else at a + m aStep + 4 k. `spill`: 32 bytes of scratch memory.
 */
export function multiplyPanel(byColumns: boolean): BuiltFunction {
  const f = new FunctionBuilder(byColumns ? 'multiplyTransposed' : 'multiply', new Array(10).fill('i32'));
  const [a, aStep, panel, c, cRow, rows, depth, columns, accumulate, spill] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
  const locals: PanelLocals = { a, aStep, panel, c, cRow, depth, columns, accumulate, spill };
  const forward = (count: number): Code =>
    seq(advance(a, byColumns ? int(4 * count) : mul(get(aStep), int(count))), advance(c, mul(get(cRow), int(count))));
  const body = seq(
    countdown(rows, TILE, seq(tile(f, locals, TILE, byColumns, 2), forward(TILE))),
    countdown(rows, 2, seq(tile(f, locals, 2, byColumns, 2), forward(2))),
    countdown(rows, 1, seq(tile(f, locals, 1, byColumns, 2), forward(1))),
  );
  return { builder: f, body };
}
