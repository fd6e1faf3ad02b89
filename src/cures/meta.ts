/** What the page knows of a cure of forgetting. Its name and sentence are those of its option: `<id>.label`, `<id>.help`. */
export interface CureMeta {
  /** Folder under `src/cures/`, registry key, and the option of `CURE_OPTIONS` that says how strong it is. */
  id: string;
  paper: string;
  /**
   * What it holds: weights that came with the model and move, or what the body under the old head answers, whatever in it
   * moves.
   */
  holds: 'weights' | 'answers';
  /** What of the old task it needs: the head that the model came with, or labelled examples too. */
  needs: 'nothing' | 'head' | 'examples';
  /** A strength to begin with. */
  start: number;
}
