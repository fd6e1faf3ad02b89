/** What the list knows of each example that it shows, picture or text. */
export interface CellState {
  id: number;
  /** Its place among all that are shown, from 0, and how many these are. */
  place: number;
  total: number;
  picked: boolean;
  /** Under the keys. */
  active: boolean;
  excluded: boolean;
}

export const cellId = (id: number): string => `example-${id}`;
