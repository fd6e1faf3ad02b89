import { joined } from '../lib/arrays.ts';
import {
  type ClassSummary,
  type DatasetEdit,
  type DatasetSummary,
  type EditSummary,
  type GroupColumn,
  NONE,
  SPLITS,
  type Split,
  type SplitSettings,
} from '../protocol/dataset.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import { classProblems, countClasses, splitsInUse } from './classes.ts';
import { applyEdit, extendedSorting, restoredSorting, type Sorting, summarise } from './edits.ts';
import { extendSplits, givenSplits, type Splittable, splitOf } from './split.ts';

/** Examples in three splits, as they stood when the view was taken: what a run learns from and is judged by. */
export interface Dataset {
  readonly kind: DatasetSummary['kind'];
  readonly name: string;
  /** Those that have enough examples. */
  readonly classes: readonly string[];
  readonly split: SplitSettings;
  /** Examples of each class in each split. */
  readonly counts: readonly Pick<ClassSummary, 'name' | 'counts'>[];
  /** Equal for views of the same examples, however they are labelled. */
  readonly origin: object;
  /** What it takes to have the same view again later. */
  readonly state: ViewState;
  /** Ascending. */
  ids(split: Split): readonly number[];
  /** Index into `classes`. */
  label(id: number): number;
  /** What an example is called: its file, and its row where the file has many. */
  path(id: number): string;
}

/** A view without the examples: the labels and splits that it was taken with, whatever is edited since. */
export interface ViewState extends Pick<Dataset, 'name' | 'classes' | 'split' | 'counts'> {
  /** By example: index into `classes`, or `NONE`. */
  labels: Int32Array;
  /** By example: index into `SPLITS`, or `NONE`. */
  splits: Int8Array;
}

/** Everything that is not the examples themselves: what is kept beside them, and what opening found out. */
export interface DatasetState {
  kind: DatasetSummary['kind'];
  id: string;
  name: string;
  classes: readonly string[];
  labels: Int32Array;
  excluded: Uint8Array;
  /** Drawn splits, index into `SPLITS`; an excluded example keeps its own. Empty until the first are drawn. */
  splits: Int8Array;
  groups: readonly GroupColumn[];
  split: SplitSettings;
  /** What reading found wrong. */
  problems: readonly Problem[];
  filesRead: number;
  readMs: number;
}

/** Some bytes that the examples are made of, as they are kept: a picture with its thumbnail, or a whole table. */
export interface Piece {
  path: string;
  blob: Blob;
  thumbnail: Blob;
}

/** Edits that can be taken back; each is a copy of all labels. */
const UNDO_LIMIT = 100;

interface Step {
  edit: EditSummary;
  sorting: Sorting;
  splits: Int8Array;
}

/** A data set that is open and can be edited, whatever its examples are. */
export abstract class OpenedDataset<S extends DatasetState = DatasetState, V extends Dataset = Dataset> {
  #state: S;
  readonly #given: (Split | undefined)[];
  #undo: Step[] = [];
  #redo: Step[] = [];

  /** `given` is the split that the files name, by example. */
  constructor(state: S, given: readonly (Split | undefined)[]) {
    this.#state = state;
    this.#given = [...given];
    this.#deal();
  }

  get id(): string {
    return this.#state.id;
  }
  /** What is kept of it beside the examples. */
  get state(): S {
    return this.#state;
  }
  /** Examples. */
  get length(): number {
    return this.#given.length;
  }

  // ---- what the kinds do in their own ways

  abstract readonly kind: DatasetSummary['kind'];
  /** The bytes to keep. */
  abstract readonly pieces: readonly Piece[];
  /** The same bytes now lie elsewhere. */
  abstract moved(place: number, piece: Piece): void;
  abstract path(id: number): string;
  abstract summary(): DatasetSummary;
  /** A view as it was taken before. */
  abstract viewAs(state: ViewState): V;
  /** Classes that a run needs. */
  protected get leastClasses(): number {
    return 2;
  }

  // ---- changing it

  /** Draws all splits anew. */
  resplit(split: SplitSettings): void {
    this.#state = { ...this.#state, split, splits: splitOf(this.#splittable(), this.#state.classes, split) };
  }

  edit(edit: DatasetEdit): void {
    const before = this.#state;
    const after = applyEdit(before, edit);
    if (after === before) return;
    this.#undo = [...this.#undo, this.#step(summarise(edit))].slice(-UNDO_LIMIT);
    this.#redo = [];
    this.#state = { ...before, ...after };
    this.#deal();
  }

  undo(): void {
    const step = this.#undo.pop();
    if (!step) return;
    this.#redo.push(this.#step(step.edit));
    this.#restore(step);
  }

  redo(): void {
    const step = this.#redo.pop();
    if (!step) return;
    this.#undo.push(this.#step(step.edit));
    this.#restore(step);
  }

  /**
   * Examples beside those that are there. `labels` are names; a new one becomes a class. Of `found`, problems and files are
   * added to those before, the rest takes their place. Gives the new ids.
   */
  protected extend(
    given: readonly (Split | undefined)[],
    labels: readonly (string | undefined)[],
    found: Partial<S> = {},
  ): number[] {
    const { filesRead, problems } = this.#state;
    const first = this.#given.length;
    for (const split of given) this.#given.push(split);
    this.#state = {
      ...this.#state,
      ...extendedSorting(this.#state, labels),
      groups: this.#state.groups.map((group) => ({
        ...group,
        of: joined(
          group.of,
          given.map(() => NONE),
        ),
      })),
      ...found,
      problems: [...problems, ...(found.problems ?? [])],
      filesRead: filesRead + (found.filesRead ?? given.length),
    };
    this.#deal();
    return given.map((_, i) => first + i);
  }

  // ---- looking at it

  /** What the page is told of data of every kind; the examples' own columns are added to it. */
  protected common() {
    const { id, name, groups, split, filesRead, readMs, problems, labels, excluded } = this.#state;
    const splits = splitsInUse(this.#state);
    const { classes, sizes } = countClasses(this.#state, splits);
    const [undo, redo] = [this.#undo.at(-1)?.edit, this.#redo.at(-1)?.edit];
    return {
      id,
      name,
      classes,
      examples: { length: this.length, labels, splits, excluded },
      groups,
      split,
      splitGiven: [...givenSplits(this.#given)],
      problems: [...problems, ...classProblems(classes, sizes, split, this.leastClasses)],
      ...(undo ? { undo } : {}),
      ...(redo ? { redo } : {}),
      filesRead,
      readMs,
    };
  }

  /** For a run: what takes part, as it stands now. Throws `one-class` where too few classes have enough examples. */
  view(): V {
    const splits = splitsInUse(this.#state);
    const { classes, sizes } = countClasses(this.#state, splits);
    const usable = classes.filter((one) => one.usable);
    if (usable.length < this.leastClasses) {
      const values = { class: usable[0]?.name ?? '', count: Math.max(0, ...sizes), classes: classes.length };
      throw new ProblemError('one-class', values);
    }
    const places = classes.map((one) => usable.indexOf(one));
    return this.viewAs({
      name: this.#state.name,
      classes: usable.map(({ name }) => name),
      split: this.#state.split,
      counts: usable.map(({ name, counts }) => ({ name, counts })),
      labels: this.#state.labels.map((label) => (label === NONE ? NONE : places[label]!)),
      splits,
    });
  }

  /** What a view of every kind has. */
  protected commonView(state: ViewState): Omit<Dataset, 'kind'> {
    const { name, classes, split, counts, labels, splits } = state;
    const idsOf = (wanted: Split) => {
      const place = SPLITS.indexOf(wanted);
      return Array.from(splits.keys()).filter((id) => splits[id] === place);
    };
    const ids = { train: idsOf('train'), validation: idsOf('validation'), test: idsOf('test') };
    return {
      name,
      classes,
      split,
      counts,
      origin: this,
      state,
      ids: (split) => ids[split],
      label: (id) => labels[id]!,
      path: (id) => this.path(id),
    };
  }

  /** Splits for examples that take part and have none yet. */
  #deal(): void {
    const { splits, classes, split } = this.#state;
    this.#state = { ...this.#state, splits: extendSplits(splits, this.#splittable(), classes, split) };
  }

  #splittable(): Splittable {
    const { labels, excluded } = this.#state;
    return { labels: labels.map((label, id) => (excluded[id] ? NONE : label)), given: this.#given };
  }

  #step(edit: EditSummary): Step {
    const { classes, labels, excluded, splits } = this.#state;
    return { edit, sorting: { classes, labels, excluded }, splits };
  }

  /** Back to what was; examples that came since keep their classes. */
  #restore({ sorting, splits }: Step): void {
    const now = this.#state;
    const dealt = now.splits.slice();
    dealt.set(splits);
    this.#state = { ...now, ...restoredSorting(now, sorting), splits: dealt };
    this.#deal();
  }
}
