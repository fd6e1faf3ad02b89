import type { ShippedModel, TaskId } from '../protocol/model.ts';

/** What the page knows of an architecture without loading it. Names and notes are locale keys: `model.<id>.…`. */
export interface ModelMeta {
  /** Folder under `src/models/`, registry key and `architecture` in `config.json`. */
  id: string;
  task: TaskId;
  /** The paper, or where the definition comes from. */
  source: string;
  /** Weights that the site hosts under `public/models/`. */
  shipped: readonly ShippedModel[];
  /** How Python makes the network, for the model card of a download; `src/export/snippet.ts` says what each part is. */
  python: { requires: readonly string[]; files: readonly string[]; imports: string; build: string };
}
