/** The part of Markdown that a model card is written in. No HTML: what looks like it stays text. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; ordered: boolean; items: string[] }
  | { kind: 'table'; head: string[]; rows: string[][] }
  | { kind: 'code'; text: string };

/** A piece of a line. */
export type Inline =
  | { kind: 'text' | 'code' | 'strong' | 'emphasis'; text: string }
  | { kind: 'link'; text: string; href: string };

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBER = /^\s*\d+[.)]\s+(.*)$/;
const FENCE = /^\s*```/;
const RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Blocks of a card, its YAML front matter left out. */
export function blocksOf(source: string): Block[] {
  const lines = withoutFrontMatter(source).split(/\r?\n/);
  const blocks: Block[] = [];
  let i = 0;
  const collect = (belongs: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (i < lines.length && belongs(lines[i]!)) taken.push(lines[i++]!);
    return taken;
  };
  while (i < lines.length) {
    const line = lines[i]!;
    const heading = HEADING.exec(line);
    if (line.trim() === '') i++;
    else if (FENCE.test(line)) {
      i++;
      const text = collect((next) => !FENCE.test(next)).join('\n');
      i++;
      blocks.push({ kind: 'code', text });
    } else if (heading) {
      i++;
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: heading[2]! });
    } else if (line.includes('|') && RULE.test(lines[i + 1] ?? '') && (lines[i + 1] ?? '').includes('-')) {
      const [head, , ...rows] = collect((next) => next.includes('|')).map(cellsOf);
      blocks.push({ kind: 'table', head: head ?? [], rows });
    } else if (BULLET.test(line) || NUMBER.test(line)) {
      const mark = BULLET.test(line) ? BULLET : NUMBER;
      const items = collect((next) => mark.test(next)).map((item) => mark.exec(item)![1]!);
      blocks.push({ kind: 'list', ordered: mark === NUMBER, items });
    } else {
      const text = collect((next) => next.trim() !== '' && !HEADING.test(next) && !FENCE.test(next)).join(' ');
      blocks.push({ kind: 'paragraph', text });
    }
  }
  return blocks;
}

const withoutFrontMatter = (source: string): string => source.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '');

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https:\/\/[^\s)]+)\)/g;

/** A line's pieces. Links lead to https addresses only. */
export function inlinesOf(text: string): Inline[] {
  const pieces: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) });
    const [whole, code, strong, emphasis, label, href] = match;
    if (code !== undefined) pieces.push({ kind: 'code', text: code });
    else if (strong !== undefined) pieces.push({ kind: 'strong', text: strong });
    else if (emphasis !== undefined) pieces.push({ kind: 'emphasis', text: emphasis });
    else pieces.push({ kind: 'link', text: label ?? '', href: href ?? '' });
    from = match.index + whole.length;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}
