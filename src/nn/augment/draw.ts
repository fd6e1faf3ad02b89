import { seedOf, uniform } from '../../lib/random.ts';
import type { Augmentation } from '../../protocol/augmentation.ts';
import { type AffineMap, type Box, between, mapOf, randomCrop, type Size } from './geometry.ts';
import { drawMix, type Mix, type Occasion } from './mix.ts';

/** Factors; 1 changes nothing. */
export interface Colour {
  brightness: number;
  contrast: number;
  saturation: number;
}

/** What is done to the pictures of one batch; entry i belongs to example i. Undefined parts are off. */
export interface Drawn {
  maps: readonly AffineMap[] | undefined;
  colours: readonly Colour[] | undefined;
  /** In whole pixels; empty where nothing is erased. */
  erased: readonly Box[] | undefined;
  mix: Mix | undefined;
}

/** Draws everything about one batch of training pictures, each from (seed, view, example, name). */
export function draw(a: Augmentation, occasion: Occasion, size: Size): Drawn {
  const { seed, view, ids } = occasion;
  /** For each example, from a sequence of its own. */
  const each = <T>(on: unknown, name: string, make: (next: () => number) => T): T[] | undefined =>
    on ? ids.map((id) => make(uniform(seedOf(seed, view, `${name}.${id}`)))) : undefined;
  const horizontal = each(a.flipHorizontal, 'flip.horizontal', (next) => next() < 0.5);
  const vertical = each(a.flipVertical, 'flip.vertical', (next) => next() < 0.5);
  const crops = each(a.crop, 'crop', (next) => randomCrop(size, a.crop, next));
  const angles = each(a.rotate, 'rotate', (next) => between(-a.rotate, a.rotate, next));
  const whole = { left: 0, top: 0, ...size };
  const moved = horizontal || vertical || crops || angles;
  return {
    maps: moved
      ? ids.map((_, i) =>
          mapOf(size, {
            flipHorizontal: horizontal?.[i] ?? false,
            flipVertical: vertical?.[i] ?? false,
            crop: crops?.[i] ?? whole,
            angle: angles?.[i] ?? 0,
          }),
        )
      : undefined,
    colours: each(a.colour, 'colour', (next) => drawColour(a.colour, next)),
    erased: each(a.erase, 'erase', (next) => eraseBox(size, a.erase, next)),
    mix: drawMix(a, occasion, size),
  };
}

function drawColour(strength: number, next: () => number): Colour {
  const factor = () => between(1 - strength, 1 + strength, next);
  return { brightness: factor(), contrast: factor(), saturation: factor() };
}

const NOTHING: Box = { left: 0, top: 0, width: 0, height: 0 };
const TRIES = 10;

/**
 * Random erasing (Zhong et al. 2020) with torchvision's ranges: 2 to 33 % of the area, aspect ratio from 0.3 to 3.3 on a
 * logarithmic scale; nothing where ten tries do not fit.
 */
function eraseBox({ width, height }: Size, chance: number, next: () => number): Box {
  if (next() >= chance) return NOTHING;
  for (let i = 0; i < TRIES; i++) {
    const area = width * height * between(0.02, 0.33, next);
    const aspect = between(Math.log(0.3), Math.log(3.3), next, Math.exp);
    const [h, w] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
    if (h >= height || w >= width) continue;
    return {
      left: Math.floor((width - w + 1) * next()),
      top: Math.floor((height - h + 1) * next()),
      width: w,
      height: h,
    };
  }
  return NOTHING;
}
