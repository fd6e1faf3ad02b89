import { seedOf, shuffled, symmetricBeta, uniform } from '../../lib/random.ts';
import type { Augmentation } from '../../protocol/augmentation.ts';
import type { Box, Size } from './geometry.ts';

/** Two examples of a batch in one; entry i belongs to example i of the batch. */
export interface Mix {
  kind: 'mixup' | 'cutmix';
  /** Place of the other example in the batch. */
  partners: readonly number[];
  /** What is left of the example itself, in its picture and in its label. */
  shares: readonly number[];
  /** Cutmix: where the other picture is pasted, in whole pixels; may be empty. */
  pasted: readonly Box[];
}

/** Which examples are augmented together. Every draw is a function of this, never of what was drawn before. */
export interface Occasion {
  seed: number;
  /** 0 in the first epoch; each view of an example is drawn anew. */
  view: number;
  ids: readonly number[];
  /** Place of the first of them in the order of its epoch. */
  first: number;
}

const mixes = (a: Augmentation): Mix['kind'][] => (['mixup', 'cutmix'] as const).filter((kind) => a[kind] > 0);

/**
 * Partners within the batch and a share of Beta(alpha, alpha) for each example (Zhang et al. 2018, Yun et al. 2019). The
 * kind is drawn for the batch where both are on. A batch of one stays as it is.
 */
export function drawMix(a: Augmentation, { seed, view, ids, first }: Occasion, size: Size): Mix | undefined {
  const kinds = mixes(a);
  if (kinds.length === 0 || ids.length < 2) return undefined;
  const name = (use: string, key: number) => seedOf(seed, view, `${use}.${key}`);
  const kind = kinds[Math.floor(kinds.length * uniform(name('mix.kind', first))())]!;
  const partners = ring(ids.length, name('mix.partners', first));
  const shares = ids.map((id) => symmetricBeta(a[kind], name(kind, id)));
  if (kind === 'mixup') return { kind, partners, shares, pasted: [] };
  const pasted = ids.map((id, i) => pasteBox(size, shares[i]!, uniform(name('cutmix.box', id))));
  const area = size.width * size.height;
  return { kind, partners, pasted, shares: pasted.map((box) => 1 - (box.width * box.height) / area) };
}

/** Everyone's partner, never oneself: the next one round a ring in an order drawn from the seed. */
function ring(count: number, seed: number): number[] {
  const order = shuffled(count, seed);
  const partners = new Array<number>(count);
  order.forEach((place, i) => {
    partners[place] = order[(i + 1) % count]!;
  });
  return partners;
}

/** A box of the picture's shape over 1 - share of its area about a middle drawn anywhere, cut off at the edges. */
function pasteBox({ width, height }: Size, share: number, next: () => number): Box {
  const side = Math.sqrt(1 - share);
  const span = (whole: number): [from: number, length: number] => {
    const length = Math.floor(whole * side);
    const middle = Math.floor(whole * next());
    const from = Math.max(0, middle - (length >> 1));
    return [from, Math.min(whole, middle - (length >> 1) + length) - from];
  };
  const [[left, w], [top, h]] = [span(width), span(height)];
  return { left, top, width: w, height: h };
}
