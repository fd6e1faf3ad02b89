import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser, NO_BROWSER } from './browser.mjs';
import { run, script } from './command.mjs';
import { add, countReport, judge, leaveCounts, line, NOTHING, ONE_FAILED, ONE_PASSED, readCounts } from './counts.mjs';

/** Files of logs and continuous integration should hold no colour codes. */
export function environment() {
  const { FORCE_COLOR, ...plain } = process.env;
  return process.env.CI ? { ...plain, NO_COLOR: '1' } : process.env;
}

/** A step that is one test: it passes where the command ends well. */
export function command(name, what, path, ...args) {
  const go = async () =>
    (await run(...script(path, ...args), { env: environment() })) === 0 ? ONE_PASSED : ONE_FAILED;
  return { name, what, go };
}

/** A step that runs one of Vitest's projects and counts its tests. */
export function vitest(name, what, project = name) {
  const go = async (output = 'inherit') => {
    const folder = mkdtempSync(join(tmpdir(), 'tests-'));
    const report = join(folder, 'report.json');
    const options = { env: environment(), stdio: ['ignore', output, output] };
    const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await run(...script('node_modules/vitest/vitest.mjs', ...args), options);
    const counts = judge(readCounts(report, countReport), code);
    rmSync(folder, { recursive: true, force: true });
    return counts;
  };
  return { name, what, go };
}

/** The same step, once there is a browser; the steps after it find that browser by `CHROMIUM`. */
export function inBrowser(step) {
  const go = async (output) => {
    const path = await ensureBrowser();
    if (!path) {
      console.error(NO_BROWSER);
      return ONE_FAILED;
    }
    process.env.CHROMIUM = path;
    return step.go(output);
  };
  return { ...step, go };
}

/** Two steps at once, the second of Vitest: each waits while the other computes. */
export const beside = (first, second) => ({ name: first.name, first, second });

const title = ({ name, what }) => `\n== ${name}: ${what}`;

async function timed(step, output) {
  const start = performance.now();
  const counts = await step.go(output);
  return { name: step.name, counts, seconds: (performance.now() - start) / 1000 };
}

async function alone(step) {
  console.log(title(step));
  return [await timed(step)];
}

/** What the second prints comes when both have ended. */
async function together({ first, second }) {
  const folder = mkdtempSync(join(tmpdir(), 'tests-'));
  const path = join(folder, 'output.txt');
  const output = openSync(path, 'w');
  console.log(`${title(first)}; meanwhile ${second.name}`);
  const results = await Promise.all([timed(first), timed(second, output)]);
  closeSync(output);
  console.log(title(second));
  process.stdout.write(readFileSync(path, 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  return results;
}

function row({ name, counts, seconds }) {
  const verdict = counts.failed === 0 ? 'passed' : 'FAILED';
  const tests = counts.passed + counts.failed;
  const number = tests > 1 ? `${counts.passed} of ${tests}` : '';
  return `  ${name.padEnd(10)} ${verdict}  ${`${seconds.toFixed(1)} s`.padStart(8)}  ${number}`.trimEnd();
}

/** Runs every step whatever the others do, sums up, and sets the exit code. */
export async function runSteps(steps) {
  const results = [];
  for (const step of steps) results.push(...(await (step.second ? together(step) : alone(step))));
  const total = results.map((result) => result.counts).reduce(add, NOTHING);
  console.log(`\n${results.map(row).join('\n')}\n`);
  console.log(line(total));
  leaveCounts(total);
  process.exitCode = total.failed === 0 ? 0 : 1;
}
