/**
 * Makes public/samples/drawings.zip: 60 OpenMoji drawings each of animals, faces, food and vehicles, 128 px, with a
 * transparent background.
 *
 *     node scripts/samples/drawings.mjs [--packages path/to/node_modules]...
 */
import { readFileSync } from 'node:fs';
import { writeZip } from './archive.mjs';
import { fileOf, requireFrom, withPackages } from './packages.mjs';

const SIZE = 128;
const EACH = 60;

/** Subgroups of each class, what in them is no such thing, and single drawings from elsewhere. */
const CLASSES = {
  animals: {
    subgroups: ['mammal', 'bird', 'amphibian', 'reptile', 'marine', 'bug'].map((name) => `animal-${name}`),
    without: ['pig nose', 'paw prints', 'feather', 'wing', 'spiral shell', 'coral', 'spider web', 'microbe', 'oyster'],
  },
  faces: {
    subgroups: ['smiling', 'affection', 'tongue', 'hand', 'neutral-skeptical', 'sleepy', 'unwell', 'hat', 'glasses']
      .concat(['concerned', 'negative'])
      .map((name) => `face-${name}`),
    without: ['skull', 'skull and crossbones'],
  },
  food: {
    subgroups: ['food-fruit', 'food-vegetable', 'food-prepared', 'food-asian', 'food-sweet'],
    without: ['cooking', 'takeout box', 'canned food'],
  },
  vehicles: {
    subgroups: ['transport-ground', 'transport-water', 'transport-air'],
    without: ['bus stop', 'motorway', 'railway track', 'oil drum', 'fuel pump', 'wheel', 'police car light']
      .concat(['horizontal traffic light', 'vertical traffic light', 'stop sign', 'construction'])
      .concat(['anchor', 'ring buoy', 'seat']),
    also: ['space shuttle', 'sled'],
  },
};

const ATTRIBUTION = `All emojis designed by OpenMoji (https://openmoji.org/), the open-source emoji and icon project.
License: CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/)

From the npm package openmoji 17.0.0: 240 of its colour drawings, rendered as PNG of ${SIZE} x ${SIZE} pixels and sorted into
four folders; nothing else was changed. These pictures are under the same licence.

`;

const slug = (text) => text.replace(/[^a-z0-9]+/gi, '-').toLowerCase();

/** `count` of the items, evenly spaced, so that every subgroup is there. */
const spread = (items, count) => Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);

function choose(catalogue, { subgroups, without, also = [] }) {
  const plain = catalogue.filter(({ skintone }) => !skintone);
  const own = plain.filter((e) => subgroups.includes(e.subgroups) && !without.includes(e.annotation));
  const guests = also.map((annotation) => plain.find((e) => e.annotation === annotation));
  const all = [...own, ...guests];
  if (all.length < EACH || all.includes(undefined)) throw new Error(`${all.length} drawings of ${EACH}`);
  return spread(all, EACH);
}

await withPackages(['openmoji@17.0.0', '@resvg/resvg-js@2.6.2'], (folders) => {
  const { Resvg } = requireFrom(folders, '@resvg/resvg-js');
  const catalogue = JSON.parse(readFileSync(fileOf(folders, 'openmoji/data/openmoji.json'), 'utf8'));
  const chosen = Object.entries(CLASSES).flatMap(([name, rule]) =>
    choose(catalogue, rule).map((drawing) => ({ ...drawing, path: `${name}/${slug(drawing.annotation)}.png` })),
  );
  const entries = chosen.map(({ hexcode, path }) => {
    const svg = readFileSync(fileOf(folders, `openmoji/color/svg/${hexcode}.svg`), 'utf8');
    const image = new Resvg(svg, { fitTo: { mode: 'width', value: SIZE } }).render();
    return [`drawings/${path}`, new Uint8Array(image.asPng())];
  });
  const authors = chosen.map((e) => `${e.path}: ${e.annotation} (${e.hexcode}), ${e.openmoji_author || 'OpenMoji'}\n`);
  entries.push(['drawings/ATTRIBUTION.txt', Buffer.from(ATTRIBUTION + authors.join(''))]);
  writeZip('samples/drawings.zip', entries);
});
