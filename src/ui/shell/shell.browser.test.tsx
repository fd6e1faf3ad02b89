import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { availableLanguages, LANGUAGES } from '../i18n.ts';
import { studioOf, WASM } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { Shell } from './shell.tsx';

afterEach(() => {
  history.replaceState(null, '', '#/');
  localStorage.clear();
});

test('the steps are links, and the address follows', async () => {
  const { store } = await render(<Shell />);
  await page.getByRole('navigation', { name: 'Steps' }).first().getByRole('link', { name: 'Data' }).click();
  await expect.poll(() => store.getState().screen).toBe('data');
  await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent('240 pictures in 4 classes');
  store.setState({ screen: 'model' });
  await expect.poll(() => location.hash).toBe('#/model');
  await expect.element(page.getByRole('button', { name: 'Start run 1' })).toBeEnabled();
});

test('another language changes every word and is kept', async () => {
  const other = availableLanguages.find((language) => language !== 'en');
  await render(<Shell />);
  await page.getByRole('button', { name: 'Language' }).click();
  await expect.element(page.getByRole('menuitemradio', { name: 'English' })).toHaveAttribute('aria-checked', 'true');
  if (!other) return;
  await page.getByRole('menuitemradio', { name: LANGUAGES[other] }).click();
  await expect.poll(() => document.documentElement.lang).toBe(other);
  await expect.element(page.getByRole('heading', { level: 1 })).not.toHaveTextContent('Fine-tune a model');
  expect(localStorage.getItem('tuning-fork-language')).toBe(other);
});

test('a lost GPU is said on every screen, with ways on', async () => {
  const studio = studioOf({ problems: { backend: { code: 'device-lost', severity: 'error', values: {} } } });
  await render(<Shell />, studio);
  await expect.element(page.getByRole('alert')).toHaveTextContent('The browser took the graphics processor back.');
  await page.getByRole('button', { name: 'Go on with WASM' }).click();
  await expect.poll(() => studio.calls).toContainEqual({ kind: 'choose-backend', choice: 'wasm' });
  expect(page.getByRole('alert').elements()).toHaveLength(0);
});

test.each([
  { choice: 'wasm', says: /^Computes on WASM your choice/ },
  { choice: 'webgpu', says: /^Computes on No GPU running on WASM/ },
  { choice: 'auto', says: /^Computes on No GPU running on WASM/ },
] as const)('on WASM after a choice of $choice the bar says whose choice that was', async ({ choice, says }) => {
  await render(<Shell />, studioOf({ backend: { ...WASM, choice }, backendChoice: choice }));
  await expect.element(page.getByRole('button', { name: says })).toBeVisible();
});

test('files dropped anywhere are opened', async () => {
  const { calls } = await render(<Shell />, studioOf({ dataset: undefined }));
  const transfer = new DataTransfer();
  transfer.items.add(new File(['x'], 'herbs.zip'));
  const drag = (kind: string) =>
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  drag('dragenter');
  await expect.element(page.getByText('Drop it anywhere')).toBeVisible();
  drag('drop');
  await expect.poll(() => calls.map(({ kind }) => kind)).toContain('open-files');
});
