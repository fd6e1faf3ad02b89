/** Checks who imports whom (`.dependency-cruiser.mjs`), and that every module was read. */
import { ROOT } from './lib/command.mjs';
import { checkImports } from './lib/imports.mjs';

const { read, problems } = await checkImports(ROOT);
for (const problem of problems) console.error(problem);
console.log(`${read} modules read, ${problems.length} wrong imports.`);
process.exitCode = problems.length === 0 ? 0 : 1;
