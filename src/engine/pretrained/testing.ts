/** Shared by tests: the checkpoints that `scripts/models/checkpoint_fixtures.py` writes, as they are dropped. */
import { readdir, readFile } from 'node:fs/promises';
import { readSafetensors, writeSafetensors } from '../../lib/safetensors.ts';
import type { DroppedFile } from '../../protocol/dataset.ts';

const folder = new URL('./fixtures/', import.meta.url);

export type Files = Map<string, Uint8Array<ArrayBuffer>>;

export const fixture = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(name, folder)));

/** A checkpoint's files by name. */
export async function checkpointFiles(name: string): Promise<Files> {
  const names = await readdir(new URL(`${name}/`, folder));
  return new Map(await Promise.all(names.map(async (file) => [file, await fixture(`${name}/${file}`)] as const)));
}

/** As a folder of this name. */
export const asFolder = (files: Files, name = 'my-model'): DroppedFile[] =>
  [...files].map(([path, bytes]) => ({ path: name ? `${name}/${path}` : path, file: new Blob([bytes]) }));

const text = new TextEncoder();

/** With some fields of a JSON file changed. */
export function withFields(files: Files, name: string, fields: Readonly<Record<string, unknown>>): Files {
  const before = JSON.parse(new TextDecoder().decode(files.get(name)));
  return new Map(files).set(name, text.encode(JSON.stringify({ ...before, ...fields })));
}

/** The tensors of the only weights file, changed. */
export function withTensors(
  files: Files,
  change: (tensors: Map<string, { shape: readonly number[]; data: Float32Array }>) => void,
) {
  const tensors = new Map(readSafetensors(files.get('model.safetensors')!, '')) as Parameters<typeof change>[0];
  change(tensors);
  return new Map(files).set('model.safetensors', writeSafetensors(tensors));
}
