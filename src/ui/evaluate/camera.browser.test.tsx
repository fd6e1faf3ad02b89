import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { runOf, runsOf } from '../testing/run-fixtures.ts';
import { CameraCard } from './camera-card.tsx';

afterEach(() => vi.restoreAllMocks());

const run = runOf({ status: { phase: 'done', finish: 'completed' } });
const GUESSES = [
  { label: 'Mint', probability: 0.9 },
  { label: 'Basil', probability: 0.1 },
];

/** A camera that shows a moving square: 64 by 48. */
function drawnCamera(): MediaStream {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [64, 48];
  const context = canvas.getContext('2d')!;
  let at = 0;
  const timer = setInterval(() => context.fillRect(at++ % 64, 10, 8, 8), 20);
  const stream = canvas.captureStream(30);
  stream.getVideoTracks()[0]!.addEventListener('ended', () => clearInterval(timer));
  return stream;
}

test('frames go to the engine one at a time, as the square in the middle, and stop with the camera', async () => {
  const stream = drawnCamera();
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockResolvedValue(stream);
  const sizes: number[][] = [];
  let under = 0;
  let most = 0;
  const studio = studioOf(runsOf(run), {
    'predict-frame': async ({ frame }) => {
      most = Math.max(most, ++under);
      sizes.push([frame.width, frame.height]);
      frame.close();
      await new Promise((resolve) => setTimeout(resolve, 30));
      under--;
      return { guesses: GUESSES, ms: 30 };
    },
  });
  await render(<CameraCard run={run} />, studio);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  await expect.element(page.getByText(/[1-9]\d* frames a second · 30 ms each/)).toBeVisible();
  await expect.poll(() => sizes.length).toBeGreaterThan(3);
  expect(new Set(sizes.map(String))).toEqual(new Set(['48,48']));
  expect(most).toBe(1);
  await page.getByRole('button', { name: 'Stop' }).click();
  expect(stream.getVideoTracks()[0]!.readyState).toBe('ended');
  const asked = sizes.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(sizes.length).toBeLessThanOrEqual(asked + 1);
});

test('a camera that is refused says so, and what to do', async () => {
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('no', 'NotAllowedError'));
  await render(<CameraCard run={run} />, studioOf(runsOf(run)));
  await page.getByRole('button', { name: 'Start the camera' }).click();
  await expect.element(page.getByRole('alert')).toHaveTextContent(/\w+/);
  await expect.element(page.getByRole('alert')).not.toHaveTextContent('camera.problem');
  await expect.element(page.getByRole('alert').getByRole('button')).toBeVisible();
});
