/** One way to train a case. It lives in a realm of its own: what one registers in TensorFlow.js, no other sees. */
export interface Contender {
  adapter: string;
  version: string;
  parameters: number;
  /** In what its network is another, where it cannot be given the same. */
  differs?: string;
  /** The loss before each of the next steps. */
  losses(steps: number): Promise<readonly number[]>;
  /** Resolves when the device has done the steps. */
  run(steps: number): Promise<void>;
}

/** So many steps are given to the device before the first of them is waited for, as a training loop would. */
const AHEAD = 2;

/** Takes steps, each of which gives its loss once the device has come so far. */
export async function take(steps: number, step: () => Promise<number>): Promise<number[]> {
  const waited: Promise<number>[] = [];
  for (let i = 0; i < steps; i++) {
    waited.push(step());
    if (i >= AHEAD) await waited[i - AHEAD];
  }
  return Promise.all(waited);
}
