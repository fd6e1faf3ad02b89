import type { PretrainedFolder } from './folder.ts';

/** The licence that a checkpoint's card names in its front matter; empty where it names none. */
export async function licenceOf(folder: PretrainedFolder): Promise<string> {
  if (!folder.has('README.md')) return '';
  const card = await folder.blob('README.md').slice(0, 65_536).text();
  const matter = card.match(/^---\r?\n([\s\S]*?)\r?\n---/)?.[1] ?? '';
  return matter.match(/^license:\s*["']?([\w.-]+)["']?\s*$/m)?.[1] ?? '';
}
