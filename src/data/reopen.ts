import { warning } from '../protocol/problems.ts';
import { OpenedImages, type Picture } from './image-dataset.ts';
import type { AnyOpened } from './open.ts';
import type { DatasetState, Piece } from './opened-dataset.ts';
import { readTable } from './tables/read.ts';
import { type TextState, textsAgain } from './text-dataset.ts';

/** A kept data set from what of it is there. Undefined where nothing can be made of that. Nothing is decoded. */
export async function reopen(state: DatasetState, pieces: readonly Piece[]): Promise<AnyOpened | undefined> {
  if (state.kind === 'text') return reopenTexts(state as TextState, pieces);
  const kept = pieces.length;
  const pictures = state.labels.length;
  const problems = state.problems.filter(({ code }) => code !== 'project-incomplete');
  if (kept < pictures) problems.push(warning('project-incomplete', { kept, pictures }));
  return new OpenedImages({ ...firstOf(state, kept), problems }, pieces as readonly Picture[]);
}

async function reopenTexts(state: TextState, pieces: readonly Piece[]): Promise<AnyOpened | undefined> {
  const tables = await Promise.all(
    pieces.map(({ path, blob }) => {
      const reading = state.readings[path];
      return readTable(blob, path, reading ? { reading } : {});
    }),
  );
  return textsAgain(tables, pieces, state);
}

/** The state of the first examples alone. */
const firstOf = (state: DatasetState, count: number): DatasetState => ({
  ...state,
  labels: state.labels.slice(0, count),
  excluded: state.excluded.slice(0, count),
  splits: state.splits.slice(0, count),
  groups: state.groups.map((group) => ({ ...group, of: group.of.slice(0, count) })),
});
