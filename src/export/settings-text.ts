import { augments, cachedViews } from '../protocol/augmentation.ts';
import { CURES, type CureId, type RunSettings } from '../protocol/run.ts';
import { count, number, percent } from './markdown.ts';

/** What was done to training pictures, in words; undefined where nothing was. */
export function augmentationText(settings: RunSettings): string | undefined {
  const { augmentation: a, cachePrefix } = settings;
  if (!augments(a)) return undefined;
  const factors = `${number(1 - a.colour)} to ${number(1 + a.colour)}`;
  const parts = [
    a.flipHorizontal && 'flipped left to right (half of them)',
    a.flipVertical && 'flipped upside down (half of them)',
    a.crop > 0 && `cut out and enlarged (${percent(1 - a.crop)} to ${percent(1)} of the area, aspect ratio 3/4 to 4/3)`,
    a.rotate > 0 && `turned by up to ${number(a.rotate)} degrees either way`,
    a.colour > 0 && `brightness, contrast and saturation times ${factors}`,
    a.erase > 0 && `a rectangle erased (${percent(a.erase)} of them)`,
    a.mixup > 0 && `mixup (alpha ${number(a.mixup)})`,
    a.cutmix > 0 && `cutmix (alpha ${number(a.cutmix)})`,
    a.mixup + a.cutmix > 0 && 'training accuracy counts the label with the greater share',
    cachePrefix && `where frozen layers were computed once, ${count(cachedViews(settings))} views of each picture`,
  ];
  return parts.filter(Boolean).join('; ');
}

const CURE_NAMES: Readonly<Record<CureId, string>> = {
  replay: 'replay of old examples (Robins 1995), share',
  l2sp: 'L2-SP (Li et al. 2018), alpha',
  ewc: 'elastic weight consolidation (Kirkpatrick et al. 2017), lambda',
  lwf: 'learning without forgetting (Li and Hoiem 2016), weight',
};

/** What held on to the old task; undefined where nothing did. The loss in the curves is without it. */
export const curesText = ({ cures }: RunSettings): string | undefined =>
  CURES.flatMap((id) => (cures[id] > 0 ? [`${CURE_NAMES[id]} ${number(cures[id])}`] : [])).join('; ') || undefined;

/** On how few examples it was trained; undefined where on all. */
export function fewShotText({ fewShot: { examplesPerClass, draw, share }, seed }: RunSettings): string | undefined {
  const parts = [
    share < 1 && `${percent(share)} of each class`,
    examplesPerClass > 0 && `${count(examplesPerClass)} of each class at most`,
  ].filter(Boolean);
  if (parts.length === 0) return undefined;
  return `${parts.join(', ')}, draw ${count(draw)} of seed ${seed}`;
}
