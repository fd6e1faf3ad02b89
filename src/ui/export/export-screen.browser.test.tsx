import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { ProblemError } from '@/protocol/problems.ts';
import type { ExportedFile } from '@/protocol/result.ts';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { EXPORTED, runOf, runsOf } from '../testing/run-fixtures.ts';
import { ExportScreen } from './export-screen.tsx';

async function show(answer: () => ExportedFile) {
  await page.viewport(1440, 900);
  const run = runOf({ epochs: 19, status: { phase: 'done', finish: 'early-stopping' } });
  return render(<ExportScreen />, studioOf({ screen: 'export', ...runsOf(run) }, { export: answer }));
}

test('the file is packed on entering: what is inside, how to use it, its card', async () => {
  const { calls } = await show(() => EXPORTED);
  await expect.element(page.getByRole('heading', { name: 'Take run 1 with you' })).toBeVisible();
  await expect.element(page.getByRole('row', { name: /model.safetensors the tuned weights.* 13\.6 MB/ })).toBeVisible();
  await expect.element(page.getByText('from safetensors.torch import load_file')).toBeVisible();
  await expect.element(page.getByRole('heading', { name: 'herb-leaves', exact: true })).toBeVisible();
  await expect.element(page.getByText('32 of 36')).toBeVisible();
  const asked = calls.filter((call) => call.kind === 'export');
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ run: 'run-1', title: 'herb-leaves' });
});

test('the download has the name and the bytes of the file', async () => {
  await show(() => EXPORTED);
  let saved: HTMLAnchorElement | undefined;
  const { click } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function () {
    saved = this;
  };
  await page.getByRole('button', { name: /^Download, / }).click();
  HTMLAnchorElement.prototype.click = click;
  expect(saved?.download).toBe('herb-leaves-run-1.zip');
  expect(await (await fetch(saved?.href ?? '')).text()).toBe('zip');
});

test('HTML in a card stays text', async () => {
  await show(() => ({ ...EXPORTED, card: '# <img src=x onerror="document.title=1"> A' }));
  await expect.element(page.getByText('<img src=x onerror="document.title=1"> A')).toBeVisible();
  expect(document.querySelector('article img')).toBeNull();
});

test('a problem can be tried again', async () => {
  let times = 0;
  await show(() => {
    if (times++ === 0) throw new ProblemError('no-run');
    return EXPORTED;
  });
  await expect.element(page.getByRole('alert')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.element(page.getByRole('rowheader', { name: 'config.json', exact: true })).toBeVisible();
});
