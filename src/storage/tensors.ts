import { breathe } from '../lib/breathe.ts';
import { readSafetensors, safetensorsParts } from '../lib/safetensors.ts';

type Values = ReadonlyMap<string, Float32Array>;

/** Weights and the optimizer's slots of a checkpoint, as the engine holds them. */
export interface Tensors {
  weights: Values;
  slots: Values;
}

/**
 * Bytes that are written before others have their turn: more would hold up the training that goes on beside, and for
 * less it would take as many of its steps as there are tensors.
 */
const PIECE = 4 * 2 ** 20;

/** A checkpoint's tensors as a safetensors file, `weights/<name>` and `slots/<name>`, in pieces. */
export async function* tensorBytes({ weights, slots }: Tensors): AsyncGenerator<Uint8Array> {
  const named = (kind: string, values: Values) =>
    [...values].map(([name, data]) => [`${kind}/${name}`, { shape: [data.length], data }] as const);
  let written = 0;
  for (const part of safetensorsParts(new Map([...named('weights', weights), ...named('slots', slots)])))
    for (let at = 0; at < part.byteLength; at += PIECE) {
      const piece = part.subarray(at, at + PIECE);
      yield piece;
      written += piece.byteLength;
      if (written < PIECE) continue;
      written = 0;
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
