/** Words that mean the same, most common first, by word in lower case. */
export interface Thesaurus {
  synonyms(word: string): readonly string[];
}

/**
 * From what `public/text/synonyms-en.json` holds: `words` gives each word its synonyms, separated by blanks. Throws where it
 * is something else.
 */
export function parseThesaurus(json: unknown): Thesaurus {
  const { words } = (json ?? {}) as { words?: Readonly<Record<string, unknown>> };
  if (typeof words !== 'object' || words === null) throw new Error('a thesaurus has words');
  const entries = Object.entries(words).map(([word, synonyms]) => [word, String(synonyms).split(' ')] as const);
  const byWord = new Map<string, readonly string[]>(entries);
  return { synonyms: (word) => byWord.get(word) ?? [] };
}

/** Knows no word: of every language but English. */
export const NO_THESAURUS: Thesaurus = { synonyms: () => [] };
