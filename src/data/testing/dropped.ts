import type { DroppedFile } from '../../protocol/dataset.ts';
import { type Problem, ProblemError } from '../../protocol/problems.ts';
import { collectImages } from '../files.ts';

/** Enough of a picture to be taken for one. */
export const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
export const file = (path: string, content: string | Uint8Array = PNG): DroppedFile => ({
  path,
  file: new Blob([content as Uint8Array<ArrayBuffer>]),
});
export const pictures = (...paths: string[]) => paths.map((path) => file(path));
const told = ({ code, severity, values }: Problem): Record<string, unknown> => ({ code, severity, ...values });
/** What is collected, in short: `path=label@split` below the top folder, and problems as flat records. */
export const labelsOf = async (files: DroppedFile[]) => {
  const { name, images, problems } = await collectImages(files);
  const within = (path: string) =>
    path.slice(path.includes(`${name}/`) ? path.indexOf(`${name}/`) + name.length + 1 : 0);
  const labels = images.map(({ path, label, split }) => `${within(path)}=${label}${split ? `@${split}` : ''}`);
  return { name, labels, problems: problems.map(told) };
};
/** The problem that collecting throws. */
export const codeOf = async (files: DroppedFile[]) => {
  const error = await collectImages(files).catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return { code: error.problem.code, ...error.problem.values };
};
