const SVG = 'http://www.w3.org/2000/svg';
const PADDING = 16;
const TITLE_HEIGHT = 32;

/** What CSS decides about a shape, and a picture that stands alone must say itself. */
const SHAPE_STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'vector-effect',
  'opacity',
] as const;
const TEXT_STYLES = ['font-family', 'font-size', 'font-weight', 'letter-spacing', 'text-anchor'] as const;

/** A picture that stands alone: every colour and font in it, nothing of the page needed. Sizes in CSS px. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
}

/**
 * What stands in `places` as one SVG: their SVGs with the computed styles written in, and around them the words, bars
 * and cells that are HTML. Elements under `data-undrawn`, and those that are not seen, are left out.
 */
export function drawingOf(places: readonly Element[], title: string): Drawing {
  const boxes = places.map((place) => place.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const width = Math.ceil(Math.max(...boxes.map((box) => box.right)) - left + 2 * PADDING);
  const tall = boxes.reduce((sum, box) => sum + box.height, 0);
  const height = Math.ceil(tall + TITLE_HEIGHT + 2 * PADDING);
  const root = make('svg', { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height });
  const [first] = places;
  if (!first) return { svg: '', width, height };
  const { color, fontFamily } = getComputedStyle(first);
  root.append(
    make('rect', { width, height, fill: surfaceBehind(first) }),
    text(title, { x: PADDING, y: PADDING + 15, 'font-family': fontFamily, 'font-size': 15, 'font-weight': 620, color }),
  );
  // one under the other, whatever stood between them
  let top = PADDING + TITLE_HEIGHT;
  places.forEach((place, i) => {
    const box = boxes[i]!;
    const group = make('g', { transform: `translate(${n(PADDING - left)} ${n(top - box.top)})` });
    draw(place, group);
    root.append(group);
    top += box.height;
  });
  return { svg: new XMLSerializer().serializeToString(root), width, height };
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

function make<K extends keyof SVGElementTagNameMap>(name: K, attributes: Attributes): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && key !== 'xmlns') element.setAttribute(key, String(value));
  return element;
}

function text(words: string, { color, ...attributes }: Attributes): SVGTextElement {
  const element = make('text', { ...attributes, fill: color, style: 'font-variant-numeric: tabular-nums' });
  element.textContent = words;
  return element;
}

/** Two decimals are a two-hundredth of a pixel at twice the size. */
const n = (value: number): number => Math.round(value * 100) / 100;
const isSeen = (color: string): boolean => color !== 'transparent' && !/^rgba\(.*, 0\)$/.test(color);

/** The first colour that the page paints behind an element. */
function surfaceBehind(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (isSeen(backgroundColor)) return backgroundColor;
  }
  return '#ffffff';
}

function draw(element: Element, into: SVGElement): void {
  const style = getComputedStyle(element);
  const unseen = style.display === 'none' || style.visibility === 'hidden' || style.clipPath === 'inset(50%)';
  if (unseen || element.matches('[data-undrawn], button:not(.plain-button), input, label')) return;
  if (element instanceof SVGSVGElement) {
    into.append(standalone(element));
    return;
  }
  if (element instanceof HTMLImageElement || element instanceof HTMLCanvasElement) {
    into.append(pixels(element, style));
    return;
  }
  let group = into;
  if (Number(style.opacity) < 1) {
    group = make('g', { opacity: style.opacity });
    into.append(group);
  }
  drawBox(element, style, group);
  for (const child of element.childNodes) {
    if (child instanceof Element) draw(child, group);
    else if (child instanceof Text) drawText(child, element, style, group);
  }
}

/** A picture in the drawing itself, as large as it is; cut to a square as the page cuts it. */
function pixels(source: HTMLImageElement | HTMLCanvasElement, { opacity }: CSSStyleDeclaration): SVGImageElement {
  const [width, height] =
    source instanceof HTMLImageElement ? [source.naturalWidth, source.naturalHeight] : [source.width, source.height];
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  if (width > 0 && height > 0) canvas.getContext('2d')?.drawImage(source, 0, 0);
  const box = source.getBoundingClientRect();
  return make('image', {
    x: n(box.left),
    y: n(box.top),
    width: n(box.width),
    height: n(box.height),
    opacity,
    preserveAspectRatio: 'xMidYMid slice',
    href: canvas.toDataURL('image/png'),
  });
}

/** Background and borders; a border on one side only is a line. */
function drawBox(element: Element, style: CSSStyleDeclaration, into: SVGElement): void {
  const { left, top, width, height, right, bottom } = element.getBoundingClientRect();
  if (width === 0 || height === 0) return;
  const border = Number.parseFloat(style.borderTopWidth);
  const around = border > 0 && border === Number.parseFloat(style.borderLeftWidth) && isSeen(style.borderTopColor);
  const fill = isSeen(style.backgroundColor) ? style.backgroundColor : 'none';
  if (fill !== 'none' || around) {
    const inset = around ? border / 2 : 0;
    const radius = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2);
    into.append(
      make('rect', {
        x: n(left + inset),
        y: n(top + inset),
        width: n(width - 2 * inset),
        height: n(height - 2 * inset),
        rx: radius > 0 ? n(radius) : undefined,
        fill,
        ...(around ? { stroke: style.borderTopColor, 'stroke-width': border } : {}),
      }),
    );
  }
  const under = Number.parseFloat(style.borderBottomWidth);
  if (!around && under > 0 && isSeen(style.borderBottomColor) && style.borderBottomStyle !== 'none')
    into.append(
      make('path', {
        d: `M${n(left)} ${n(bottom - under / 2)}H${n(right)}`,
        stroke: style.borderBottomColor,
        'stroke-width': under,
      }),
    );
}

let context: CanvasRenderingContext2D | null = null;
/** Share of a line of text that is above its baseline. */
function ascentOf({ fontWeight, fontSize, fontFamily }: CSSStyleDeclaration): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return 0.8;
  context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText('x');
  return above / (above + below);
}

function drawText(node: Text, parent: Element, style: CSSStyleDeclaration, into: SVGElement): void {
  if (!node.data.trim()) return;
  const range = document.createRange();
  const font = Object.fromEntries(
    TEXT_STYLES.slice(0, 3).map((name) => [name, style.getPropertyValue(name)]),
  ) as Attributes;
  const ascent = ascentOf(style);
  for (const { words, box } of linesOf(node, range)) {
    const shared = { ...font, color: style.color };
    if (style.writingMode.startsWith('vertical')) {
      const [x, y] = [n(box.left + box.width * ascent), n(box.bottom)];
      into.append(text(words, { ...shared, x, y, transform: `rotate(-90 ${x} ${y})` }));
      continue;
    }
    const end = style.textAlign === 'end' || style.textAlign === 'right';
    const centre = style.textAlign === 'center';
    into.append(
      text(fitting(words, box.width, parent), {
        ...shared,
        x: n(end ? box.right : centre ? box.left + box.width / 2 : box.left),
        y: n(box.top + box.height * ascent),
        'text-anchor': end ? 'end' : centre ? 'middle' : undefined,
      }),
    );
  }
}

/** The words of a text node line by line, as the page broke them. */
function linesOf(node: Text, range: Range): { words: string; box: DOMRect }[] {
  range.selectNodeContents(node);
  const whole = range.getBoundingClientRect();
  if (whole.width === 0) return [];
  if (range.getClientRects().length <= 1) return [{ words: node.data.trim().replace(/\s+/g, ' '), box: whole }];
  const lines: { from: number; to: number; top: number }[] = [];
  // a line may break after a blank, and between any two Chinese characters
  for (const { index, 0: part } of node.data.matchAll(/[\p{Script=Han}，。：；、]|[^\s\p{Script=Han}，。：；、]+/gu)) {
    range.setStart(node, index);
    range.setEnd(node, index + part.length);
    const { top } = range.getBoundingClientRect();
    const line = lines.at(-1);
    if (line && Math.abs(line.top - top) < 4) line.to = index + part.length;
    else lines.push({ from: index, to: index + part.length, top });
  }
  return lines.map(({ from, to }) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return { words: node.data.slice(from, to).replace(/\s+/g, ' '), box: range.getBoundingClientRect() };
  });
}

/** Cut with an ellipsis where the page cuts it. */
function fitting(words: string, width: number, parent: Element): string {
  const cut = parent.closest('th, td, span, div');
  if (!cut || getComputedStyle(cut).textOverflow !== 'ellipsis') return words;
  const room = cut.getBoundingClientRect().width;
  return width <= room + 1 ? words : `${words.slice(0, Math.max(1, Math.floor((words.length * room) / width) - 1))}…`;
}

/** A copy of an SVG where it stands, with its computed styles as attributes and nothing that only the page needs. */
function standalone(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  originals.forEach((original, i) => {
    const twin = copies[i]!;
    const style = getComputedStyle(original);
    if (style.display === 'none' && original.tagName !== 'clipPath') {
      twin.remove();
      return;
    }
    for (const name of twin.getAttributeNames())
      if (/^(class|style|tabindex|role|aria-.*|data-(?!line).*)$/.test(name)) twin.removeAttribute(name);
    if (original === svg) return;
    const names = original.tagName === 'text' || original.tagName === 'tspan' ? TEXT_STYLES : [];
    for (const name of [...SHAPE_STYLES, ...names]) {
      const value = style.getPropertyValue(name);
      if (value && value !== 'normal') twin.setAttribute(name, value.replace(/^([\d.]+)px$/, '$1'));
    }
  });
  const { left, top, width, height } = svg.getBoundingClientRect();
  for (const [name, value] of Object.entries({ x: left, y: top, width, height }))
    copy.setAttribute(name, String(n(value)));
  // what the library draws into a margin is not cut off on the page
  copy.setAttribute('overflow', 'visible');
  const { fill, stroke } = getComputedStyle(svg);
  copy.setAttribute('fill', fill);
  copy.setAttribute('stroke', stroke);
  return copy;
}
