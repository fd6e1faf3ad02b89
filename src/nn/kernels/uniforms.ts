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
  private written = -1;

  constructor(backend: Writer, types: readonly string[]) {
    this.backend = backend;
    this.types = types;
    const { byteLength: size } = uniformBytes(types, []);
    this.buffer = backend.device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  }

  /** A write lands before whatever is not submitted yet, so a second one waits for what reads the first. */
  write(values: readonly number[]): this {
    if (this.written === this.backend.submissions) this.backend.flush();
    this.written = this.backend.submissions;
    this.backend.queue.writeBuffer(this.buffer, 0, uniformBytes(this.types, values));
    return this;
  }

  dispose(): void {
    this.buffer.destroy();
  }
}

interface Place {
  uniform: LiveUniform;
  values: string;
}
const places = new WeakMap<Writer, Map<string, Place>>();

/**
 * The uniform of a place in the network, by its name, with these numbers in it: of kernels whose seeds change every step.
 * Forward and backward of a place have the same numbers, which are written once.
 */
export function placeUniform(
  backend: Writer,
  name: string,
  types: readonly string[],
  values: readonly number[],
): LiveUniform {
  const known = places.get(backend) ?? new Map<string, Place>();
  places.set(backend, known);
  const place = known.get(name) ?? { uniform: new LiveUniform(backend, types), values: '' };
  known.set(name, place);
  if (place.values !== values.join()) {
    place.uniform.write(values);
    place.values = values.join();
  }
  return place.uniform;
}
