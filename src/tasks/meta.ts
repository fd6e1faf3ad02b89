/** What the page knows of a task. */
export interface TaskMeta {
  id: string;
  /** What a dropped file holds. */
  input: 'image';
}
