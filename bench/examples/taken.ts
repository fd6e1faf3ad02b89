/** What a child process says of its steps; by the sizes of the sets. */
export interface Taken {
  sizes: readonly number[];
  /** Milliseconds of processor time of a step, one for each turn. */
  perStep: readonly (readonly number[])[];
  /** Bytes that a step writes into buffers of the GPU, uniforms apart; 0 where there is none. */
  written: readonly number[];
  /** Bytes that the process holds more after the last step than before the first that was measured. */
  grown: number;
}
