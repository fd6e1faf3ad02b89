/** Up to this size a blob is read whole: cutting a slice off makes another blob in another process of the browser first. */
const WHOLE_BYTES = 256 * 1024;

/** The first bytes of a blob, at most `count`. */
export async function firstBytes(blob: Blob, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const part = blob.size <= Math.max(count, WHOLE_BYTES) ? blob : blob.slice(0, count);
  return new Uint8Array(await part.arrayBuffer()).subarray(0, count);
}
