import type { Sample } from './sampler.ts';

const [WIDTH, HEIGHT] = [960, 420];
const MARGIN = { left: 64, right: 150, top: 44, bottom: 44 };

const LINES = [
  { key: 'resident', name: 'renderer process', colour: '#5b6572' },
  { key: 'workerHeap', name: 'worker heap', colour: '#0b5fd8' },
  { key: 'pageHeap', name: 'page heap', colour: '#b83c07' },
  { key: 'device', name: 'device', colour: '#0c7557' },
] as const satisfies readonly { key: keyof Sample; name: string; colour: string }[];

const MEGA = 2 ** 20;

/** Memory over time as an SVG: a line for each measure, a band for each phase. */
export function memoryChart(samples: readonly Sample[], title: string): string {
  const end = samples.at(-1)?.at ?? 1;
  const most = Math.max(1, ...samples.flatMap((sample) => LINES.map(({ key }) => sample[key] / MEGA)));
  const step = niceStep(most / 4);
  const top = Math.ceil(most / step) * step;
  const x = (at: number) => MARGIN.left + (at / end) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (mega: number) => HEIGHT - MARGIN.bottom - (mega / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const text = (at: number, height: number, words: string, rest = '') =>
    `<text x="${at.toFixed(1)}" y="${height.toFixed(1)}" ${rest}>${words}</text>`;

  const grid = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step).map(
    (mega) =>
      `<path d="M${MARGIN.left} ${y(mega).toFixed(1)}H${WIDTH - MARGIN.right}" stroke="#e3e6ea"/>${text(MARGIN.left - 8, y(mega) + 4, `${mega} MB`, 'text-anchor="end"')}`,
  );
  const bands = phasesOf(samples).map(
    ({ name, from, to }, i) =>
      `<rect x="${x(from).toFixed(1)}" y="${MARGIN.top}" width="${(x(to) - x(from)).toFixed(1)}" height="${HEIGHT - MARGIN.top - MARGIN.bottom}" fill="${i % 2 ? '#f4f5f7' : '#fff'}"/>${text((x(from) + x(to)) / 2, HEIGHT - 24, name, 'text-anchor="middle"')}`,
  );
  const ends = spreadApart(LINES.map(({ key }) => y((samples.at(-1)?.[key] ?? 0) / MEGA)));
  const lines = LINES.map(({ key, name, colour }, i) => {
    const points = samples.map((sample) => `${x(sample.at).toFixed(1)} ${y(sample[key] / MEGA).toFixed(1)}`);
    return `<path d="M${points.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>${text(WIDTH - MARGIN.right + 8, ends[i]! + 4, name, `fill="${colour}"`)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#414a56">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 24, title, 'font-size="15" font-weight="600"'),
    ...bands,
    ...grid,
    ...lines,
    text(WIDTH - MARGIN.right, HEIGHT - 8, `${end.toFixed(0)} s`, 'text-anchor="end"'),
    '</svg>\n',
  ].join('\n');
}

const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10);
};

function phasesOf(samples: readonly Sample[]): { name: string; from: number; to: number }[] {
  const phases: { name: string; from: number; to: number }[] = [];
  for (const { phase, at } of samples) {
    const last = phases.at(-1);
    if (last) last.to = at;
    if (last?.name !== phase) phases.push({ name: phase, from: at, to: at });
  }
  return phases;
}

/** Heights at least a line apart, in their order. */
function spreadApart(heights: readonly number[]): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!);
  const placed = [...heights];
  order.forEach((line, i) => {
    if (i > 0) placed[line] = Math.max(placed[line]!, placed[order[i - 1]!]! + 15);
  });
  return placed;
}
