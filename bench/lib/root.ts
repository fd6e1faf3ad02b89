/** The repository, with a slash at its end. */
export const ROOT = `${process.cwd().replace(/\/$/, '')}/`;
