/** Step of 1, 2, 2.5 or 5 times a power of ten that cuts `span` into at most `parts`. */
export function niceStep(span: number, parts: number): number {
  if (!(span > 0)) return 1;
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Ticks from 0 to the first that reaches `max`: at most `lines` of them. The last is the domain's end. */
export function linearTicks(max: number, lines = 5): number[] {
  const step = niceStep(max, lines - 1);
  const count = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => round(i * step));
}

/** Ticks inside [0, end], for an axis whose end is given. Whole numbers where `whole`. */
export function axisTicks(end: number, lines: number, whole: boolean): number[] {
  const step = Math.max(niceStep(end, lines), whole ? 1 : 0);
  const stride = whole && !Number.isInteger(step) ? step * 2 : step;
  return Array.from({ length: Math.floor(end / stride + 1e-9) + 1 }, (_, i) => round(i * stride));
}

/** Ticks of 1, 2 and 5 times powers of ten inside [min, max], thinned to at most `lines`. */
export function logTicks(min: number, max: number, lines = 5): number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  const decades = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const within = (factors: readonly number[]): number[] =>
    decades
      .flatMap((power) => factors.map((factor) => round(factor * 10 ** power)))
      .filter((t) => t >= min && t <= max);
  for (const factors of [
    [1, 2, 5],
    [1, 3],
  ]) {
    const ticks = within(factors);
    if (ticks.length <= lines) return ticks;
  }
  const powers = within([1]);
  return powers.filter((_, i) => i % Math.ceil(powers.length / lines) === 0);
}

/** Without the last bits of binary fractions: 0.30000000000000004 is 0.3. */
const round = (value: number): number => Number(value.toPrecision(12));
