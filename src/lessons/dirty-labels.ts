import { count, isThrough, type Lesson, last, percent } from './lesson.ts';

/** Labels of a shipped sample are made wrong by the seed, and pictures put in twice; the studio is asked to find them. */
export const dirtyLabels: Lesson = {
  sample: 'digits',
  model: 'digits-cnn',
  method: 'full',
  settings: {
    epochs: 8,
    learningRate: 2e-3,
    schedule: 'constant',
    earlyStopping: { enabled: false, restoreBest: false },
  },
  runs: [
    { id: 'clean', settings: {} },
    { id: 'dirty', settings: {} },
  ],
  cures: [{ id: 'mended', settings: {} }],
  dirt: { wrong: 0.2, copies: 0.03 },
  chart: { metric: 'accuracy', curves: ['validation'] },
  guesses: ['none', 'half', 'most'],
  find({ clean, dirty }, dirt) {
    if (!isThrough(clean) || !isThrough(dirty) || !dirt?.suspects) return undefined;
    const wrong = new Set(dirt.wrong);
    const found = dirt.suspects.filter((id) => wrong.has(id)).length;
    const share = found / Math.max(1, wrong.size);
    const [before, after] = [last(clean)?.accuracy ?? 0, last(dirty)?.accuracy ?? 0];
    return {
      holds: share >= 0.5 && after < before,
      values: {
        clean: percent(before),
        dirty: percent(after),
        wrong: count(wrong.size),
        found: count(found),
        copies: count(dirt.copies.length),
        leftOut: count(dirt.leftOut ?? 0),
      },
      guess: share >= 0.75 ? 'most' : share >= 0.25 ? 'half' : 'none',
    };
  },
};
