import { describe, expect, test } from 'vitest';
import { browserPaths } from '../lib/browser.mjs';
import { countReport, judge, line, readCounts } from '../lib/counts.mjs';
import { isSupported } from '../lib/node-version.mjs';
import { missingPackages } from '../lib/packages.mjs';
import { plant } from './plant.ts';

test.each([
  ['18.20.8', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['21.7.3', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['25.1.0', true],
])('Node %s: %s', (version, supported) => {
  expect(isSupported(version)).toBe(supported);
});

describe('counts', () => {
  const failedFile = { status: 'failed', assertionResults: [] };

  test('a test file that did not load is one failed test', () => {
    expect(countReport({ numPassedTests: 3, numFailedTests: 1, testResults: [failedFile] })).toEqual({
      passed: 3,
      failed: 2,
    });
  });

  test('a bad end fails, and so does a run of no test', () => {
    expect(judge({ passed: 3, failed: 0 }, 1)).toEqual({ passed: 3, failed: 1 });
    expect(judge({ passed: 0, failed: 0 }, 0)).toEqual({ passed: 0, failed: 1 });
    expect(judge({ passed: 3, failed: 2 }, 1)).toEqual({ passed: 3, failed: 2 });
    expect(judge({ passed: 3, failed: 0 }, 0)).toEqual({ passed: 3, failed: 0 });
  });

  test('a missing or torn file holds no counts', () => {
    const root = plant({ 'torn.json': '{"passed": 3', 'good.json': '{"passed": 3, "failed": 1}' });
    expect(line(readCounts(`${root}/none.json`))).toBe('0 passed, 0 failed');
    expect(line(readCounts(`${root}/torn.json`))).toBe('0 passed, 0 failed');
    expect(line(readCounts(`${root}/good.json`))).toBe('3 passed, 1 failed');
  });
});

describe('missing packages', () => {
  const lock = (packages: object) => JSON.stringify({ packages: { '': {}, ...packages } });
  const wanted = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/@x/b': { version: '2.0.0', optional: true } };

  test('all but the optional ones where nothing is installed', () => {
    expect(missingPackages(plant({ 'package-lock.json': lock(wanted) }))).toEqual(['a']);
  });

  test.each([
    ['1.0.0', []],
    ['0.9.0', ['a']],
  ])('with a %s installed: %j', (version, missing) => {
    const root = plant({
      'package-lock.json': lock(wanted),
      'node_modules/.package-lock.json': lock({ 'node_modules/a': { version } }),
    });
    expect(missingPackages(root)).toEqual(missing);
  });
});

describe('browsers', () => {
  test('each system has its own places', () => {
    expect(browserPaths('linux', {})).toContain('/usr/bin/chromium');
    expect(browserPaths('darwin', {})).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
    expect(browserPaths('win32', { PROGRAMFILES: 'C:\\Program Files' })).toContain(
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    );
  });

  test('CHROMIUM comes first', () => {
    expect(browserPaths('linux', { CHROMIUM: '/my/chromium' })[0]).toBe('/my/chromium');
  });
});
