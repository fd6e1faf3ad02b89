/** What is done to training pictures or texts, drawn anew each epoch from (seed, epoch, example, name); never to validation or test. */
export interface Augmentation {
  /** With a chance of one half. */
  flipHorizontal: boolean;
  flipVertical: boolean;
  /** Random resized crop: the largest share of the area that may be cut away; 0 is off. */
  crop: number;
  /** Largest angle either way, in degrees. */
  rotate: number;
  /** Brightness, contrast and saturation are each multiplied by 1 - colour to 1 + colour; 0 is off. */
  colour: number;
  /** Chance that a rectangle is erased (Zhong et al. 2020). */
  erase: number;
  /** Alpha of the Beta distribution (Zhang et al. 2018); 0 is off. */
  mixup: number;
  /** Alpha of the Beta distribution (Yun et al. 2019); 0 is off. With mixup on too, each batch draws one of the two. */
  cutmix: number;
  /** Of texts, for each word (Wei and Zou 2019): the chance of another word of the same meaning, of changing places with another, of going. */
  synonyms: number;
  swap: number;
  deletion: number;
  /** With a cached prefix: how many augmented views of each training picture are kept, one for each epoch in turn. */
  views: number;
}

/** Whether anything is done to training pictures. */
export const augments = ({ views: _, ...changes }: Augmentation): boolean => Object.values(changes).some(Boolean);

/** How often each training picture goes through a frozen prefix that is cached: more views than epochs would be unused. */
export const cachedViews = ({ augmentation, epochs }: { augmentation: Augmentation; epochs: number }): number =>
  augments(augmentation) ? Math.min(augmentation.views, epochs) : 1;
