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
  for (const item of items) {
    const own = pieces(textOf(item));
    const alike = kept.some(({ all }) => {
      let shared = 0;
      for (const piece of own) if (all.has(piece)) shared++;
      return shared > most * Math.min(own.size, all.size);
    });
    if (!alike) kept.push({ item, all: own });
  }
  return kept.map(({ item }) => item);
}

/** `count` of the items, evenly spaced. Throws where there are too few. */
export function spread(items, count) {
  if (items.length < count) throw new Error(`${items.length} items, ${count} are needed`);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
}
