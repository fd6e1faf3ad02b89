import Papa from 'papaparse';
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';
import type { Disk } from './pictures.ts';
import { saveFrom } from './studio.ts';

/** Cells by the names of their columns. */
export type Row = Readonly<Record<string, string>>;

/** The name of a card's downloads. */
const downloads = (title: string): RegExp =>
  new RegExp(`^Download: ${title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

/** The card whose downloads are called so. */
export const cardOf = (page: Page, title: string): Locator =>
  page.locator('section').filter({ has: page.getByRole('button', { name: downloads(title) }) });

/** A card's table as it is saved. */
export async function csvFrom(page: Page, disk: Disk, title: string): Promise<Row[]> {
  const bytes = await saveFrom(page, downloads(title), 'CSV', disk.path('table.csv'));
  const { data, errors } = Papa.parse<Row>(new TextDecoder().decode(bytes), { header: true, skipEmptyLines: true });
  expect(errors, title).toEqual([]);
  return data;
}

/** A table as the page shows it: what is not read out is left out. */
export async function shownTable(page: Page, label: string): Promise<Row[]> {
  const table = page.getByRole('region', { name: label, exact: true }).getByRole('table');
  const { header, rows } = await table.evaluate((element) => {
    const cells = (row: Element) =>
      [...row.querySelectorAll<HTMLElement>('th, td:not([aria-hidden])')].map((cell) =>
        cell.innerText.replaceAll(/\s+/g, ' ').trim(),
      );
    return {
      header: cells(element.querySelector('thead tr')!),
      rows: [...element.querySelectorAll('tbody tr')].map(cells),
    };
  });
  return rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])));
}

export interface Drawn {
  /** Everything written in it. */
  words: string;
  /** Lines that show data, as their paths say it. */
  lines: string[];
  shapes: number;
}

/** A card's drawing: the SVG parses, and the PNG is the same at twice the size, and not blank. */
export async function drawingFrom(page: Page, disk: Disk, title: string): Promise<Drawn> {
  const svg = await saveFrom(page, downloads(title), 'SVG', disk.path('drawing.svg'));
  const png = await saveFrom(page, downloads(title), 'PNG', disk.path('drawing.png'));
  const found = await page.evaluate(
    async ([text, base64]) => {
      const { documentElement: root } = new DOMParser().parseFromString(text!, 'image/svg+xml');
      const bytes = Uint8Array.from(atob(base64!), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const pixels = new Uint32Array(data.buffer);
      return {
        broken: root.querySelector('parsererror')?.textContent ?? null,
        size: [root.getAttribute('width'), root.getAttribute('height')].map(Number),
        pixels: [bitmap.width, bitmap.height],
        colours: new Set(pixels).size,
        inked: pixels.filter((pixel) => pixel !== pixels[0]).length / pixels.length,
        words: root.textContent ?? '',
        lines: [...root.querySelectorAll('[data-line]')].map((line) => line.getAttribute('d') ?? ''),
        shapes: root.querySelectorAll('path, rect, circle, image').length,
      };
    },
    [new TextDecoder().decode(svg), Buffer.from(png).toString('base64')],
  );
  expect(found.broken, title).toBeNull();
  expect(found.pixels, title).toEqual(found.size.map((side) => 2 * side));
  expect(found.colours, title).toBeGreaterThan(16);
  expect(found.inked, title).toBeGreaterThan(0.005);
  expect(found.words, title).toContain(title);
  return found;
}

const written = (o: Intl.NumberFormatOptions) => (value: number) =>
  Number.isFinite(value) ? new Intl.NumberFormat('en-US', o).format(value) : '–';

/** As an English page writes a share. */
export const percent = (value: number, digits = 1): string =>
  written({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits })(value);
export const fixed = (value: number, digits: number): string =>
  written({ minimumFractionDigits: digits, maximumFractionDigits: digits })(value);
/** At most so many decimals. */
export const atMost = (value: number, digits: number): string => written({ maximumFractionDigits: digits })(value);
