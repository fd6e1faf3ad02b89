/** Pieces of a text that are five letters long, in lower case, without punctuation. */
function pieces(text) {
  const key = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\s]+/gu, ' ')
    .trim();
  return new Set(Array.from({ length: Math.max(1, key.length - 4) }, (_, i) => key.slice(i, i + 5)));
}

/** The first of the items that are texts of their own: at most half of its pieces are in another one of them. */
export function different(items, textOf, most = 0.5) {
  const kept = [];
  /** Places in `kept` of those that have a piece. */
  const holders = new Map();
  for (const item of items) {
    const own = pieces(textOf(item));
    const shared = new Uint32Array(kept.length);
    for (const piece of own) for (const place of holders.get(piece) ?? []) shared[place]++;
    if (kept.some(({ size }, place) => shared[place] > most * Math.min(own.size, size))) continue;
    for (const piece of own) {
      if (!holders.has(piece)) holders.set(piece, []);
      holders.get(piece).push(kept.length);
    }
    kept.push({ item, size: own.size });
  }
  return kept.map(({ item }) => item);
}

/** `count` of the items, evenly spaced. Throws where there are too few. */
export function spread(items, count) {
  if (items.length < count) throw new Error(`${items.length} items, ${count} are needed`);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
}
