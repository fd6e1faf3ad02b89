import type { Page } from 'playwright';

/** Drops files and folders of the disk on the middle of the page, as the system's file manager does. */
export async function drop(page: Page, ...paths: string[]): Promise<void> {
  // what is dropped before the page stands opens in its place
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize()!;
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
  await session.detach();
}
