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
  moving = new Set<Held>();
  /** Of weights whose gradients have a place already, counted apart: as WebGPU's optimizer arenas hold them. */
  readonly places = new Set<Buffer>();
  /** Gradients of what is read twice are added where one of them lies, if nobody else holds it. */
  addsInPlace = false;
  /** Undefined while nothing is recorded. */
  private nodes: Node[] | undefined;
  private scope = new Set<Held>();

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
    this.scope.add(x);
    return x;
  }

  /** Lets go of a value before what made it is over. */
  release(x: Held): void {
    if (this.scope.delete(x)) this.ledger.drop(x.buffer);
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

  /** Which of the operands gradients will be taken by. */
  wanted<K extends string>(operands: Readonly<Partial<Record<K, Held | undefined>>>): Record<K, boolean> {
    const names = Object.keys(operands) as K[];
    const wants = (x: Held | undefined) => this.records && x !== undefined && this.moving.has(x);
    return Object.fromEntries(names.map((name) => [name, wants(operands[name])])) as Record<K, boolean>;
  }

  /** A call whose gradients read what is `saved`, where any is wanted. */
  taped(wanted: Readonly<Record<string, boolean>>, node: Omit<Node, 'saved'> & { saved: readonly Held[] }): void {
    if (!Object.values(wanted).includes(true)) return;
    this.add({ ...node, saved: node.saved.map(({ buffer }) => this.ledger.hold(buffer)) });
  }

  /** What the gradient of a weight is written to: its place, once, or memory of its own. */
  weightGradient(x: Held): Buffer {
    return this.places.delete(x.buffer) ? { bytes: 0, holders: 2 } : this.ledger.take(bytesOf(x));
  }

  /** So many bytes are held while `work` goes on. */
  beside<R>(bytes: number, work: () => R): R {
    const buffer = this.ledger.take(bytes);
    const result = work();
    this.ledger.drop(buffer);
    return result;
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
    this.scope = new Set();
    const result = run();
    const out = new Set(Object.values(result));
    for (const x of this.scope) {
      if (out.has(x)) outer.add(x);
      else this.ledger.drop(x.buffer);
    }
    this.scope = outer;
    return result;
  }

  /** Runs what no gradient will be taken of, though a tape is there. */
  still<R>(run: () => R): R {
    const { moving } = this;
    this.moving = new Set();
    const result = run();
    this.moving = moving;
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
          found.set(x, before ? this.gathered(x, before, dx) : dx);
        }
      for (const [i, dy] of dys.entries()) if (dy && !stays.has(node.outputs[i]!)) ledger.drop(dy);
      for (const buffer of node.saved) ledger.drop(buffer);
    }
    for (const [x, dx] of found) if (!stays.has(x)) ledger.drop(dx);
    return wanted.map((x) => found.get(x));
  }

  private gathered(x: Held, before: Buffer, dx: Buffer): Buffer {
    const { ledger } = this;
    const alone = this.addsInPlace && before.holders === 1;
    const sum = alone ? before : ledger.take(bytesOf(x));
    ledger.drop(dx);
    if (!alone) ledger.drop(before);
    return sum;
  }
}
