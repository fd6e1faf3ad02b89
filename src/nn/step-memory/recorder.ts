import { type Abstract, product } from '../shapes.ts';
import { GRADIENT_READS, type TapedKernel } from '../tape-reads.ts';
import { type Buffer, bytesOf, type Held, Ledger } from './ledger.ts';

/** What stands on the tape, as `Tape` (`tape.ts`) has it. */
export interface Node {
  outputs: readonly Held[];
  /** Held until the gradient is there. */
  saved: readonly Buffer[];
  /** Of its outputs, gradients by what it was made of. */
  back(dys: readonly (Buffer | undefined)[]): [of: Held, dx: Buffer][];
}

/** Kernels whose gradient by an operand of the result's shape is the result's gradient itself: no memory is taken. */
const PASSED_ON: ReadonlySet<string> = new Set<TapedKernel>(['Add', 'Sub', 'Reshape']);

/** Values of the result's size that a gradient makes on its way, beside what comes of it. */
const ON_THE_WAY: Partial<Record<TapedKernel, number>> = {
  Multiply: 1,
  Erf: 4,
  Tanh: 2,
  Sigmoid: 2,
  Relu: 1,
  Softmax: 2,
  RealDiv: 2,
  Maximum: 1,
  Minimum: 1,
  Concat: 1,
};

/** Runs a network over shapes and keeps the ledger of what a backend would hold meanwhile. */
export class Recorder {
  readonly ledger = new Ledger();
  /** Values that depend on a weight that trains. */
  readonly moving = new Set<Held>();
  /** Undefined while nothing is recorded. */
  private nodes: Node[] | undefined;
  private scope: Held[] = [];

  get records(): boolean {
    return this.nodes !== undefined;
  }

  /** A value in memory of its own. */
  made(shape: Abstract): Held {
    return this.scoped({ ...shape, buffer: this.ledger.take(bytesOf(shape)) });
  }

  /** The same memory under another shape. */
  shared(x: Held, shape: Abstract): Held {
    return this.scoped({ ...shape, buffer: this.ledger.hold(x.buffer) });
  }

  private scoped(x: Held): Held {
    this.scope.push(x);
    return x;
  }

  /** `y` came of the operands by a kernel: the tape keeps what its gradient reads. */
  kernel(kernel: TapedKernel, y: Held, operands: Readonly<Record<string, Held>>): Held {
    const names = Object.keys(operands).filter((name) => this.moving.has(operands[name]!));
    if (!this.nodes || names.length === 0) return y;
    this.moving.add(y);
    const read = GRADIENT_READS[kernel]((name) => names.includes(name));
    const saved = read.map((name) => this.ledger.hold(name === 'y' ? y.buffer : operands[name]!.buffer));
    this.nodes.push({
      outputs: [y],
      saved,
      back: ([dy]) => names.map((name) => [operands[name]!, this.gradient(kernel, dy!, y, operands[name]!)]),
    });
    return y;
  }

  /** `y` came of the operands in one go; gradients by all of them read what is `kept`. */
  operation(y: Held, operands: readonly Held[], kept: readonly Held[]): Held {
    const moving = operands.filter((x) => this.moving.has(x));
    if (this.nodes && moving.length > 0)
      this.add({
        outputs: [y],
        saved: kept.map((x) => this.ledger.hold(x.buffer)),
        back: () => moving.map((x) => [x, this.ledger.take(bytesOf(x))]),
      });
    return y;
  }

  private gradient(kernel: TapedKernel, dy: Buffer, y: Held, x: Held): Buffer {
    const same = String(product(x.shape)) === String(product(y.shape));
    if (same && PASSED_ON.has(kernel)) return this.ledger.hold(dy);
    // of an operand that was broadcast the whole is there before it is summed
    const whole = !same && (kernel === 'Multiply' || kernel === 'RealDiv') ? 1 : 0;
    this.ledger.note(bytesOf(x) + ((ON_THE_WAY[kernel] ?? 0) + whole) * bytesOf(y));
    return this.ledger.take(bytesOf(x));
  }

  add(node: Node): void {
    for (const y of node.outputs) this.moving.add(y);
    this.nodes?.push(node);
  }

  /** What `run` makes goes when it is over, but for what it gives out. */
  tidy(run: () => Readonly<Record<string, Held>>): Readonly<Record<string, Held>> {
    const outer = this.scope;
    this.scope = [];
    const result = run();
    const out = new Set(Object.values(result));
    for (const x of this.scope) {
      if (out.has(x)) outer.push(x);
      else this.ledger.drop(x.buffer);
    }
    this.scope = outer;
    return result;
  }

  /** What `run` puts on a tape of its own. */
  record<R>(run: () => R): { result: R; tape: Node[] } {
    const outer = this.nodes;
    const tape: Node[] = [];
    this.nodes = tape;
    const result = run();
    this.nodes = outer;
    return { result, tape };
  }

  /** Back through a tape, as `Tape.backward`: gives what was found of `wanted`. */
  backward(tape: Node[], seeds: ReadonlyMap<Held, Buffer>, wanted: readonly Held[]): (Buffer | undefined)[] {
    const { ledger } = this;
    const found = new Map(seeds);
    const stays = new Set(wanted);
    for (let node = tape.pop(); node; node = tape.pop()) {
      const dys = node.outputs.map((y) => found.get(y));
      for (const y of node.outputs) if (!stays.has(y)) found.delete(y);
      if (dys.some(Boolean))
        for (const [x, dx] of node.back(dys)) {
          const before = found.get(x);
          found.set(x, before ? ledger.take(bytesOf(x)) : dx);
          if (before) for (const each of [before, dx]) ledger.drop(each);
        }
      for (const [i, dy] of dys.entries()) if (dy && !stays.has(node.outputs[i]!)) ledger.drop(dy);
      for (const buffer of node.saved) ledger.drop(buffer);
    }
    for (const [x, dx] of found) if (!stays.has(x)) ledger.drop(dx);
    return wanted.map((x) => found.get(x));
  }
}
