import { joined } from '../lib/arrays.ts';
import { type DatasetEdit, type EditSummary, NONE } from '../protocol/dataset.ts';

/** What a person decides about the examples; never written to once it is made. */
export interface Sorting {
  classes: readonly string[];
  /** By example; `NONE` is unsorted. */
  labels: Int32Array;
  /** By example; 1 is left out. */
  excluded: Uint8Array;
}

/** The sorting after an edit; the one before stays as it was. Ids and classes that do not exist change nothing. */
export function applyEdit(before: Sorting, edit: DatasetEdit): Sorting {
  switch (edit.kind) {
    case 'label':
      return edit.label < before.classes.length
        ? { ...before, labels: set(before.labels, edit.ids, edit.label) }
        : before;
    case 'exclude':
      return { ...before, excluded: set(before.excluded, edit.ids, 1) };
    case 'include':
      return { ...before, excluded: set(before.excluded, edit.ids, 0) };
    case 'add-class':
      return before.classes.includes(edit.name) ? before : { ...before, classes: [...before.classes, edit.name] };
    case 'rename-class': {
      const same = before.classes.indexOf(edit.name);
      if (same >= 0 && same !== edit.label) return merge(before, [edit.label], same);
      return { ...before, classes: before.classes.with(edit.label, edit.name) };
    }
    case 'merge-classes':
      return merge(before, edit.from, edit.into);
    default:
      return edit satisfies never;
  }
}

/** With examples that came, unsorted where `came` has no name for one; a new name becomes a class. */
export function extendedSorting(before: Sorting, came: readonly (string | undefined)[]): Sorting {
  const classes = [...new Set([...before.classes, ...came.filter((name) => name !== undefined)])];
  const places = new Map(classes.map((name, label) => [name, label]));
  return {
    classes,
    labels: joined(
      before.labels,
      came.map((name) => (name === undefined ? NONE : places.get(name)!)),
    ),
    excluded: joined(
      before.excluded,
      came.map(() => 0),
    ),
  };
}

/** Back to what was `before`; examples that came since keep their classes, and stay out where they were left out. */
export function restoredSorting(now: Sorting, before: Sorting): Sorting {
  const came = [...now.labels.subarray(before.labels.length)].map((label) => now.classes[label]);
  const excluded = now.excluded.slice();
  excluded.set(before.excluded);
  return { ...extendedSorting(before, came), excluded };
}

/** How many pictures, or classes, an edit is about. */
export function summarise(edit: DatasetEdit): EditSummary {
  const count = 'ids' in edit ? edit.ids.length : edit.kind === 'merge-classes' ? edit.from.length + 1 : 1;
  return { kind: edit.kind, count };
}

function set<A extends Int32Array | Uint8Array>(values: A, ids: readonly number[], value: number): A {
  const copy = values.slice() as A;
  for (const id of ids) if (id >= 0 && id < copy.length) copy[id] = value;
  return copy;
}

/** The merged classes are gone; the classes after them move up. */
function merge({ classes, labels, excluded }: Sorting, from: readonly number[], into: number): Sorting {
  const gone = new Set(from.filter((label) => label !== into));
  const left = classes.flatMap((_, label) => (gone.has(label) ? [] : [label]));
  const moved = classes.map((_, label) => left.indexOf(gone.has(label) ? into : label));
  return {
    classes: left.map((label) => classes[label]!),
    labels: labels.map((label) => (label === NONE ? NONE : moved[label]!)),
    excluded,
  };
}
