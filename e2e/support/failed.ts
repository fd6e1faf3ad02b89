import { afterEach } from 'vitest';
import { openPages } from './browser.ts';

/** More than this of a page helps nobody. */
const MOST_LETTERS = 4000;

// Where a walk stands still, what the page shows says why.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { page, errors } of openPages) {
    const words = await page
      .locator('body')
      .innerText({ timeout: 5000 })
      .catch((error) => String(error));
    console.log(
      [`When "${task.name}" failed, ${page.url()} said:`, words.slice(0, MOST_LETTERS), ...errors].join('\n'),
    );
  }
});
