import { breathe } from '../lib/breathe.ts';
import { readSafetensors, safetensorsParts } from '../lib/safetensors.ts';

type Values = ReadonlyMap<string, Float32Array>;

/** Weights and the optimizer's slots of a checkpoint, as the engine holds them. */
export interface Tensors {
  weights: Values;
  slots: Values;
}

/** Bytes that are written at once: more would hold up the training that goes on beside. */
const PIECE = 4 * 2 ** 20;

/** A checkpoint's tensors as a safetensors file, `weights/<name>` and `slots/<name>`, in small pieces. */
export async function* tensorBytes({ weights, slots }: Tensors): AsyncGenerator<Uint8Array> {
  const named = (kind: string, values: Values) =>
    [...values].map(([name, data]) => [`${kind}/${name}`, { shape: [data.length], data }] as const);
  for (const part of safetensorsParts(new Map([...named('weights', weights), ...named('slots', slots)])))
    for (let at = 0; at < part.byteLength; at += PIECE) {
      yield part.subarray(at, at + PIECE);
      await breathe();
    }
}

/** Throws `model-damaged` for a file that is not whole. */
export async function readTensors(file: File): Promise<Tensors> {
  const tensors = readSafetensors(new Uint8Array(await file.arrayBuffer()), file.name);
  const of = (kind: string) =>
    new Map(
      [...tensors].flatMap(([name, { data }]) =>
        name.startsWith(kind) ? [[name.slice(kind.length), data as Float32Array] as const] : [],
      ),
    );
  return { weights: of('weights/'), slots: of('slots/') };
}
