import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';
import { openPage } from './support/browser.ts';

/** Of every script that the page asks for before its engine starts, gzipped. */
const LIMIT = 215_000;

/** Names of TensorFlow.js kernels and backends: minifiers leave texts as they are. */
const TENSORFLOW = /Conv2DBackpropFilter|tfjs-backend|UnsortedSegmentSum/;
/** Names of components that no part of the first screen has. */
const LATER = /recharts|@mantine\/core\/(Select|NumberInput|Modal|Slider)`/;

it('stands before TensorFlow.js is asked for, on little script', async () => {
  const { page, errors, close } = await openPage();
  const scripts: { url: string; engine: boolean }[] = [];
  let engine = false;
  page.on('request', (request) => {
    if (request.resourceType() === 'script' || /\.m?js$/.test(request.url()))
      scripts.push({ url: request.url(), engine });
  });
  const worker = page.waitForEvent('worker').then((made) => {
    engine = true;
    return made.url();
  });
  await page.goto(inject('siteUrl'));
  await page.getByRole('heading', { level: 1 }).waitFor();
  const engineUrl = await worker;
  await page.getByRole('button', { name: /^Computes on (?!Looking)/ }).waitFor();

  const bodyOf = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
  const first = await Promise.all(
    [...new Set(scripts.filter((script) => !script.engine).map(({ url }) => url))]
      .filter((url) => url !== engineUrl)
      .map(async (url) => ({ url, body: await bodyOf(url) })),
  );
  const bytes = first.reduce((sum, { body }) => sum + gzipSync(body).length, 0);
  console.log(`${first.length} scripts before the engine, ${(bytes / 1000).toFixed(0)} kB gzipped`);
  expect(first.length).toBeGreaterThan(1);
  expect(bytes).toBeLessThan(LIMIT);
  for (const { url, body } of first) {
    expect(body.toString(), url).not.toMatch(TENSORFLOW);
    expect(body.toString(), url).not.toMatch(LATER);
  }
  // the test would be empty if nothing ever held it
  const engines = await Promise.all(
    [engineUrl, ...scripts.filter((script) => script.engine).map(({ url }) => url)].map(bodyOf),
  );
  expect(engines.some((body) => TENSORFLOW.test(body.toString()))).toBe(true);
  expect(errors).toEqual([]);
  await close();
});

it('shows every step without data: each says what it waits for', async () => {
  const { page, errors, close } = await openPage({ url: inject('siteUrl') });
  for (const [step, title] of [
    ['Data', 'Data'],
    ['Model', 'Model and method'],
    ['Train', 'No run yet'],
    ['Evaluate', 'Evaluate'],
    ['Export', 'Export'],
  ] as const) {
    await page.getByRole('navigation', { name: 'Steps' }).first().getByRole('link', { name: step }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await expect.poll(() => page.title()).toBe(`${step} · Tuning Fork`);
  }
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Evaluate' }).waitFor();
  expect(errors).toEqual([]);
  await close();
});
