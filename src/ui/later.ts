import { type ComponentType, lazy } from 'react';
import { loadWords } from './i18n.ts';

/**
 * A part of the page that is fetched when it is first shown, with the words that the first screen does without. What
 * shows it stands in a `Suspense` of its own, or the whole screen waits.
 */
export const later = <P extends object>(load: () => Promise<ComponentType<P>>) =>
  lazy(async () => {
    const [part] = await Promise.all([load(), loadWords()]);
    return { default: part };
  });
