import { describe, expect, it } from 'vitest';
import { uniform } from '../lib/random.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { OptionSpec, OptionValue } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { SAMPLES } from '../protocol/samples.ts';
import { optionSettings } from '../protocol/settings.ts';
import { datasetOf } from '../ui/testing/fixtures.ts';
import { forTask, initialSettings, methodDefaults, taskOfModel } from './defaults.ts';
import { LINK, linkOf, readLink, type SetUp, sampleOpen } from './setup-link.ts';

const setUpOf = (patch: Partial<RunSettings> = {}, { id, model }: (typeof SAMPLES)[number] = SAMPLES[0]): SetUp => {
  const ref = { kind: 'shipped', id: model } as const;
  const settings = forTask({ ...initialSettings(), model: ref }, taskOfModel(ref, [])!);
  return { sample: id, settings: { ...settings, ...patch } };
};
const encode = (value: unknown) => LINK + Buffer.from(JSON.stringify(value)).toString('base64url');
const codeOf = (link: string): string => {
  try {
    readLink(link);
  } catch (error) {
    // whatever is wrong with a link has a sentence
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return 'read';
};

/** Any value that an option takes. */
function anyOf(spec: OptionSpec, random: () => number): OptionValue {
  switch (spec.type) {
    case 'integer':
      return spec.min + Math.floor(random() * (spec.max - spec.min + 1));
    case 'number':
      return spec.min + random() * (spec.max - spec.min);
    case 'choice':
      return spec.choices[Math.floor(random() * spec.choices.length)]!;
    case 'switch':
      return random() < 0.5;
    case 'text':
      return random() < 0.5 ? 'Où ? 天 “{text}”' : spec.default;
    case 'list':
      return random() < 0.5 ? ['blocks.1', 'conv_head'] : spec.default;
  }
}

describe('a link', () => {
  it.each(SAMPLES)('brings a set-up of %o back as it was', (sample) => {
    const random = uniform(7);
    const any = (specs: readonly OptionSpec[]) =>
      Object.fromEntries(specs.map((spec) => [spec.name, anyOf(spec, random)]));
    for (const id of Object.keys(METHOD_METAS) as MethodId[]) {
      const method = { id, options: { ...methodDefaults(id).options, ...any(METHOD_METAS[id].options) } };
      const setUp = setUpOf({ ...optionSettings(any), method }, sample);
      expect(readLink(linkOf(setUp))).toEqual(setUp);
    }
    const usual = setUpOf({}, sample);
    expect(readLink(linkOf(usual))).toEqual(usual);
    expect(linkOf(usual)).toMatch(/^#setup=[\w-]+$/);
    // what stands at its default is not carried
    expect(linkOf(usual).length).toBeLessThan(200);
  });

  it.each([
    ['link-damaged', '#setup='],
    ['link-damaged', '#setup=%%%'],
    ['link-damaged', linkOf(setUpOf()).slice(0, -9)],
    ['link-damaged', encode('a text')],
    ['link-damaged', encode([1])],
    ['link-damaged', encode({ sample: 'digits' })],
    ['link-damaged', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', settings: [] })],
    ['link-too-long', `#setup=${'A'.repeat(9000)}`],
    ['link-version', encode({ v: 2, sample: 'digits', model: 'digits-cnn', method: 'full' })],
    ['link-unknown', encode({ v: 1, sample: '../../etc', model: 'digits-cnn', method: 'full' })],
    ['link-unknown', encode({ v: 1, sample: 'digits', model: 'https://example.com/m', method: 'full' })],
    ['link-unknown', encode({ v: 1, sample: 'digits', model: 'tiny-gpt', method: 'full' })],
    ['link-unknown', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'constructor' })],
    ['link-unknown', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', files: { a: 1 } })],
    ['link-unknown', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', settings: { script: 1 } })],
    ['link-value', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', settings: { epochs: 1e9 } })],
    ['link-value', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', settings: { epochs: 1.5 } })],
    [
      'link-value',
      encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', settings: { learningRate: null } }),
    ],
    [
      'link-value',
      encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', settings: { optimizer: 'evil' } }),
    ],
    ['link-value', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', fewShot: { draw: '3' } })],
    ['link-value', encode({ v: 1, sample: 'digits', model: 'digits-cnn', method: 'lora', options: { modules: [{}] } })],
  ])('is refused with %s: %s', (code, link) => {
    expect(codeOf(link)).toBe(code);
  });

  it('is refused or read, never anything else, however it is damaged', () => {
    const random = uniform(11);
    const whole = linkOf(setUpOf({ epochs: 7, learningRate: 0.02 }));
    const found = new Set<string>();
    for (let i = 0; i < 3000; i++) {
      const at = LINK.length + Math.floor(random() * (whole.length - LINK.length));
      const put = String.fromCharCode(33 + Math.floor(random() * 94));
      found.add(codeOf(whole.slice(0, at) + put + whole.slice(at + (random() < 0.5 ? 0 : 1))));
    }
    expect([...found]).toContain('link-damaged');
    for (const code of found) expect(code).toMatch(/^(read|link-.*)$/);
  });

  it('takes no name from the prototype of objects', () => {
    const link = `${LINK}${Buffer.from('{"v":1,"sample":"digits","model":"digits-cnn","method":"full","__proto__":{"a":1}}').toString('base64url')}`;
    expect(codeOf(link)).toBe('link-unknown');
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});

describe('data that goes into no link', () => {
  const shipped = { kind: 'shipped', id: 'digits-cnn' } as const;
  const digits = datasetOf({ '5': 200, '6': 200, '7': 200, '8': 200, '9': 200 }, { name: 'digits-5-9' });

  it('is a person’s own, a changed sample, or a sample with a model of their own', () => {
    expect(sampleOpen(digits, shipped)).toEqual({ sample: 'digits' });
    expect(sampleOpen(datasetOf(), shipped)).toEqual({ why: 'own-data' });
    expect(sampleOpen({ ...digits, undo: { kind: 'label', count: 1 } }, shipped)).toEqual({ why: 'changed-data' });
    expect(sampleOpen({ ...digits, split: { ...digits.split, seed: 1 } }, shipped)).toEqual({ why: 'changed-data' });
    expect(sampleOpen(digits, { kind: 'imported', id: 'mine' })).toEqual({ why: 'own-model' });
  });
});
