import { warning } from '../protocol/problems.ts';
import { OpenedImages, type Picture } from './image-dataset.ts';
import type { AnyOpened } from './open.ts';
import type { DatasetState, Piece } from './opened-dataset.ts';
import { readTable } from './tables/read.ts';
import type { TextTable } from './tables/table.ts';
import { findTexts } from './text/examples.ts';
import { OpenedTexts, type TextState, textsAgain } from './text-dataset.ts';

/** A kept data set from what of it is there. Undefined where nothing can be made of that. Nothing is decoded. */
export async function reopen(state: DatasetState, pieces: readonly Piece[]): Promise<AnyOpened | undefined> {
  if (state.kind === 'text') return reopenTexts(state as TextState, pieces);
  return new OpenedImages(incomplete(state, pieces.length), pieces as readonly Picture[]);
}

/** The tables read again as they were; rows of those that are missing, which are the last, are missing too. */
async function reopenTexts(state: TextState, pieces: readonly Piece[]): Promise<AnyOpened | undefined> {
  if (pieces.length === 0) return undefined;
  const tables: TextTable[] = [];
  for (const { path, blob } of pieces) {
    const reading = state.readings[path];
    tables.push(await readTable(blob, path, reading ? { reading } : {}));
  }
  if (pieces.length >= Object.keys(state.readings).length) return textsAgain(tables, pieces, state);
  const found = await findTexts(tables, state.mapping);
  return new OpenedTexts(incomplete(state, found.given.length), tables, found, pieces);
}

/** The state of the first examples alone, where the others were not kept. */
function incomplete<S extends DatasetState>(state: S, kept: number): S {
  const pictures = state.labels.length;
  const problems = state.problems.filter(({ code }) => code !== 'project-incomplete');
  if (kept < pictures) {
    const reason = state.kind === 'text' ? { reason: 'text' } : {};
    problems.push(warning('project-incomplete', { kept, pictures, ...reason }));
  }
  return { ...firstOf(state, kept), problems };
}

/** The state of the first examples alone. */
const firstOf = <S extends DatasetState>(state: S, count: number): S => ({
  ...state,
  labels: state.labels.slice(0, count),
  excluded: state.excluded.slice(0, count),
  splits: state.splits.slice(0, count),
  groups: state.groups.map((group) => ({ ...group, of: group.of.slice(0, count) })),
});
