/**
 * The null device holds 512 MiB in all and binds 128 MiB, too little for GPT-2. No command does anything there, so large
 * buffers are made small and say the size that was asked for; bindings, writes and copies are cut to what is there. Neither
 * the number of calls nor what the callers see changes. Validation that depends on sizes is not exercised.
 */

/** Bytes of a buffer at most. */
const CAP = 2 ** 16;
/** A binding in a cut buffer lies at a place of its own: two that overlap may not both be written. */
const PLACE = 256;

/** Bytes that there are, of buffers that say more. */
const actual = new WeakMap<GPUBuffer, number>();
/** Stands in for the mapped memory of buffers that are made to be written. */
let scratch = new ArrayBuffer(0);

/** As many of `bytes` as there are from `offset` on; copies and writes come in multiples of four. */
const within = (buffer: GPUBuffer, offset: number, bytes: number): number => {
  const there = actual.get(buffer);
  return there === undefined ? bytes : Math.max(0, Math.min(bytes, there - offset)) & ~3;
};

/** Replaces a method by one that is given the old one. */
function replace<T extends object, K extends keyof T>(
  type: { prototype: T },
  name: K,
  make: (old: T[K]) => T[K],
): void {
  type.prototype[name] = make(type.prototype[name]);
}

function cutBinding({ binding, resource }: GPUBindGroupEntry): GPUBindGroupEntry {
  const { buffer, offset = 0, size } = resource as GPUBufferBinding;
  if (!buffer || !actual.has(buffer) || (offset === 0 && size === undefined)) return { binding, resource };
  return { binding, resource: { buffer, offset: PLACE * binding, size: PLACE } };
}

/** From the first buffer that is made on. */
export function cutBuffers(): void {
  replace(
    GPUDevice,
    'createBuffer',
    (create) =>
      function (this: GPUDevice, descriptor) {
        if (descriptor.size <= CAP) return create.call(this, descriptor);
        const buffer = create.call(this, { ...descriptor, size: CAP });
        actual.set(buffer, CAP);
        Object.defineProperty(buffer, 'size', { value: descriptor.size });
        return buffer;
      },
  );
  replace(
    GPUDevice,
    'createBindGroup',
    (create) =>
      function (this: GPUDevice, descriptor) {
        return create.call(this, { ...descriptor, entries: [...descriptor.entries].map(cutBinding) });
      },
  );
  replace(
    GPUQueue,
    'writeBuffer',
    (write) =>
      function (this: GPUQueue, buffer, offset, data, start = 0, size) {
        if (!actual.has(buffer))
          return write.call(this, buffer, offset, data as GPUAllowSharedBufferSource, start, size);
        const { element, bytes } = extent(data, start, size);
        const cut = within(buffer, offset, bytes);
        if (cut > 0) write.call(this, buffer, offset, data as GPUAllowSharedBufferSource, start, cut / element);
      },
  );
  replace(
    GPUBuffer,
    'getMappedRange',
    (range) =>
      function (this: GPUBuffer, offset, size) {
        if (!actual.has(this)) return range.call(this, offset, size);
        const bytes = size ?? this.size - (offset ?? 0);
        // what is read is kept, so each has its own
        if (this.usage & GPUBufferUsage.MAP_READ) return new ArrayBuffer(bytes);
        if (scratch.byteLength < bytes) scratch = new ArrayBuffer(bytes);
        return scratch;
      },
  );
  replace(
    GPUBuffer,
    'mapAsync',
    (map) =>
      function (this: GPUBuffer, mode, offset, size) {
        return actual.has(this) ? map.call(this, mode) : map.call(this, mode, offset, size);
      },
  );
  replace(
    GPUCommandEncoder,
    'copyBufferToBuffer',
    (copy) =>
      function (this: GPUCommandEncoder, ...args: [GPUBuffer, number, GPUBuffer, number, number]) {
        const [source, from, target, to, bytes] = args;
        if (!actual.has(source) && !actual.has(target)) return copy.apply(this, args);
        const cut = Math.min(within(source, from, bytes), within(target, to, bytes));
        if (cut > 0) copy.call(this, source, from, target, to, cut);
      } as GPUCommandEncoder['copyBufferToBuffer'],
  );
  replace(
    GPUCommandEncoder,
    'clearBuffer',
    (clear) =>
      function (this: GPUCommandEncoder, buffer, offset, size) {
        return actual.has(buffer) ? clear.call(this, buffer) : clear.call(this, buffer, offset, size);
      },
  );
}

/** Of `writeBuffer`'s arguments: an element is a byte, or what a typed array is made of. */
export function extent(
  data: ArrayBufferView | ArrayBufferLike,
  start = 0,
  size?: number,
): { element: number; bytes: number } {
  const element = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
  return { element, bytes: size === undefined ? data.byteLength - start * element : size * element };
}
