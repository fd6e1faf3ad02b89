import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { cruise } from 'dependency-cruiser';
import config from '../../.dependency-cruiser.mjs';

/** Every module below `root`/src, as paths from the root with `/` between. */
export function sourceModules(root) {
  return readdirSync(join(root, 'src'), { recursive: true })
    .map((path) => `src/${path.split(sep).join('/')}`)
    .filter((path) => /\.tsx?$/.test(path));
}

function sentence({ from, to, rule, cycle }, comment) {
  const target = rule.name === 'no-cycle' ? cycle.map((module) => module.name).join(' -> ') : to;
  return `${from} imports ${target}: ${comment}.`;
}

/** One sentence for each wrong import, and for each module that the tool did not see. */
function problemsOf({ modules, summary }, wanted) {
  const comments = new Map(config.forbidden.map((rule) => [rule.name, rule.comment]));
  const seen = new Set(modules.map((module) => module.source));
  const unseen = wanted
    .filter((path) => !seen.has(path))
    .map((path) => `${path} was not read, so its imports are unknown.`);
  const wrong = summary.violations.map((violation) => sentence(violation, comments.get(violation.rule.name)));
  return wanted.length === 0 ? ['There is no module in src, so nothing was checked.'] : [...unseen, ...new Set(wrong)];
}

/** Reads every module in src of `root` and holds its imports against `.dependency-cruiser.mjs`. */
export async function checkImports(root) {
  const { forbidden, options } = config;
  const wanted = sourceModules(root);
  const cruiseOptions = { ...options, baseDir: root, validate: true, ruleSet: { forbidden } };
  const { output } = await cruise(['src'], cruiseOptions, { alias: { '@': join(root, 'src') } });
  const seen = new Set(output.modules.map((module) => module.source));
  return { read: wanted.filter((path) => seen.has(path)).length, problems: problemsOf(output, wanted) };
}
