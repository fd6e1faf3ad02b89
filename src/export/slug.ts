const LONGEST = 60;

/**
 * A text as part of a file name on every system: letters, marks and digits of any script in lower case, with single
 * hyphens between them. Empty where nothing of the text is left, as of a lone emoji.
 */
export function slug(text: string): string {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...words.join('-')].slice(0, LONGEST).join('').replace(/-$/, '');
}

/** `<data set>-<base>.zip`. */
export const zipName = (title: string, base: string): string =>
  `${slug(title) || 'tuned'}-${slug(base) || 'model'}.zip`;
