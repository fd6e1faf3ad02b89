/** What each kernel takes on the device, by its own clock, where it has one (`timestamp-query`). */

/** Of one kernel, over all its dispatches. */
export interface KernelTime {
  kernel: string;
  dispatches: number;
  ms: number;
}

/** Two marks a dispatch; WebGPU's limit is 4,096 marks a set. */
const MOST = 2048;
const BYTES = 8;

/** Gives every dispatch a pass of its own, which writes down when it began and ended. */
export class Timings {
  private readonly device: GPUDevice;
  private readonly marks: GPUQuerySet;
  private readonly names: string[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
    this.marks = device.createQuerySet({ type: 'timestamp', count: 2 * MOST });
  }

  static has = ({ features }: GPUDevice): boolean => features.has('timestamp-query');

  /** Of the next dispatch; without marks once there are no more. */
  pass(kernel: string): GPUComputePassDescriptor {
    const at = this.names.length;
    if (at >= MOST) return {};
    this.names.push(kernel);
    const timestampWrites = {
      querySet: this.marks,
      beginningOfPassWriteIndex: 2 * at,
      endOfPassWriteIndex: 2 * at + 1,
    };
    return { timestampWrites };
  }

  /** The greatest first, of what was submitted. Can be asked once. */
  async read(): Promise<KernelTime[]> {
    const { device, names } = this;
    const count = 2 * names.length;
    if (count === 0) return [];
    const size = BYTES * count;
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    const read = device.createBuffer({ size, usage: COPY_DST | MAP_READ });
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(this.marks, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, read, 0, size);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(read.getMappedRange().slice(0));
    for (const buffer of [resolved, read]) buffer.destroy();
    this.marks.destroy();
    const found = new Map<string, KernelTime>();
    for (const [i, kernel] of names.entries()) {
      const one = found.get(kernel) ?? { kernel, dispatches: 0, ms: 0 };
      // nanoseconds; a clock that was set back in between tells nothing
      const ns = Number(times[2 * i + 1]! - times[2 * i]!);
      found.set(kernel, { kernel, dispatches: one.dispatches + 1, ms: one.ms + Math.max(0, ns) / 1e6 });
    }
    return [...found.values()].sort((a, b) => b.ms - a.ms);
  }
}
