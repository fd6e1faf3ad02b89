/** Pictures of a step against TensorFlow.js as it comes, which takes a minute for each on `cpu`. */
export const AGAINST_STOCK = 1;
/** Pictures of a step on one thread and on several. */
export const ON_THREADS = 8;
export const CLASSES = 4;

/** A contender of the page: who trains, and on how many pictures a step. */
export type Who = `${'ours' | 'stock'}-${number}`;
