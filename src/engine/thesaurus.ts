import { NO_THESAURUS, parseThesaurus, type Thesaurus } from '../data/text/thesaurus.ts';
import { type Augmentation, augments } from '../protocol/augmentation.ts';
import { ProblemError } from '../protocol/problems.ts';

const FILE = 'text/synonyms-en.json';
const loaded = new Map<string, Promise<Thesaurus>>();

async function load(root: string): Promise<Thesaurus> {
  try {
    return parseThesaurus(await (await fetch(root + FILE)).json());
  } catch (cause) {
    loaded.delete(root);
    throw new ProblemError('model-missing', { file: FILE }, { cause });
  }
}

/**
 * The words that augmentation takes synonyms from: fetched from the site when they are first needed. Throws
 * `model-missing` where the site does not answer.
 */
export function thesaurusFor(root: string, augmentation: Augmentation): Promise<Thesaurus> {
  if (!augments(augmentation) || augmentation.synonyms === 0) return Promise.resolve(NO_THESAURUS);
  const known = loaded.get(root) ?? load(root);
  loaded.set(root, known);
  return known;
}
