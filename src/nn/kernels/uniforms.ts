/** Of a backend, what writing to it needs. */
interface Writer {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  /** So far; what is recorded now goes with the next. */
  readonly submissions: number;
  flush(): void;
}

/** Numbers laid out as a kernel's uniform struct: `rows:i32`, `eps:f32`; padded to 16 bytes. */
export function uniformBytes(types: readonly string[], values: readonly number[]): ArrayBuffer {
  const bytes = new ArrayBuffer(16 * Math.max(1, Math.ceil(types.length / 4)));
  const view = new DataView(bytes);
  for (const [i, type] of types.entries()) {
    const value = values[i] ?? 0;
    if (type.endsWith(':f32')) view.setFloat32(4 * i, value, true);
    else if (type.endsWith(':u32')) view.setUint32(4 * i, value, true);
    else view.setInt32(4 * i, value, true);
  }
  return bytes;
}

/** Uniforms that are written anew every step: learning rates, seeds. */
export class LiveUniform {
  readonly buffer: GPUBuffer;
  private readonly backend: Writer;
  private readonly types: readonly string[];
  /** With which submission the last goes that was recorded of what reads it. */
  private readWith = -1;

  constructor(backend: Writer, types: readonly string[]) {
    this.backend = backend;
    this.types = types;
    const { byteLength: size } = uniformBytes(types, []);
    this.buffer = backend.device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  }

  /** Says that something was recorded that reads it. */
  read(): void {
    this.readWith = this.backend.submissions;
  }

  /** A write lands before whatever is not submitted yet, so it waits for what reads the numbers before. */
  write(values: readonly number[]): this {
    if (this.readWith === this.backend.submissions) this.backend.flush();
    this.backend.queue.writeBuffer(this.buffer, 0, uniformBytes(this.types, values));
    return this;
  }

  dispose(): void {
    this.buffer.destroy();
  }
}

/** Of a place in the network where entries are dropped: its numbers, of which the seed is another each step. */
export class PlaceUniform extends LiveUniform {
  private readonly place: string;
  private readonly seedAt: number;
  private written: readonly number[] = [];

  /** `place` names what draws there; one of `types` is `seed:u32`. */
  constructor(backend: Writer, types: readonly string[], place: string) {
    super(backend, types);
    this.place = place;
    this.seedAt = types.indexOf('seed:u32');
  }

  /** Forward and backward of a place have the same numbers, which are written once. */
  override write(values: readonly number[]): this {
    if (values.join() !== this.written.join()) super.write(values);
    this.written = values;
    return this;
  }

  /** What is in it now. */
  get values(): readonly number[] {
    return this.written;
  }

  /** Writes these numbers with the seed of another step among them. */
  reseed(values: readonly number[], seedOf: (place: string) => number): void {
    this.write(values.with(this.seedAt, seedOf(this.place)));
  }
}

const places = new WeakMap<Writer, Map<string, PlaceUniform>>();

/** The uniform of a place for the kernels of one `kind`, with these numbers in it. */
export function placeUniform(
  backend: Writer,
  kind: string,
  place: string,
  types: readonly string[],
  values: readonly number[],
): PlaceUniform {
  const known = places.get(backend) ?? new Map<string, PlaceUniform>();
  places.set(backend, known);
  const key = `${kind}/${place}`;
  const uniform = known.get(key) ?? new PlaceUniform(backend, types, place);
  known.set(key, uniform);
  return uniform.write(values);
}
