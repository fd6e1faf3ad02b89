/** Small pictures whose class shows, [size, size, channels] in bytes: waves with noise. */
export function drawPictures(count: number, classes: number, { size, channels }: { size: number; channels: number }) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  return Array.from({ length: count }, (_, n) => {
    const turn = (Math.PI * (n % classes)) / classes + 0.2 * random();
    const [dx, dy, start] = [Math.cos(turn) / 9, Math.sin(turn) / 9, 6 * random()];
    return Uint8Array.from({ length: size * size * channels }, (_, i) => {
      const at = (i / channels) | 0;
      const wave = Math.sin(dx * (at % size) + dy * ((at / size) | 0) + start);
      return 128 + 80 * wave + 80 * (random() - 0.5);
    });
  });
}
