import { cures } from './cures.ts';
import { dirtyLabels } from './dirty-labels.ts';
import { fewExamples } from './few-examples.ts';
import { forgetting } from './forgetting.ts';
import { learningRate } from './learning-rate.ts';
import type { Lesson } from './lesson.ts';
import { negativeTransfer } from './negative-transfer.ts';
import { overfitting } from './overfitting.ts';

/** The lessons, in the order in which a class would have them: a file each, and a line here. */
export const LESSONS = {
  overfitting,
  forgetting,
  cures,
  'negative-transfer': negativeTransfer,
  'learning-rate': learningRate,
  'few-examples': fewExamples,
  'dirty-labels': dirtyLabels,
} as const satisfies Record<string, Lesson>;

export type LessonId = keyof typeof LESSONS;
export const LESSON_IDS = Object.keys(LESSONS) as LessonId[];

export const isLesson = (id: string | undefined): id is LessonId => id !== undefined && Object.hasOwn(LESSONS, id);
