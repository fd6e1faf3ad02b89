import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../lib/statistics.ts';
import { modelCard } from './card.ts';
import { PYTHON, SETTINGS, tunedModel } from './testing.ts';
import type { TunedModel } from './tuned-model.ts';

const card = (changes: Partial<TunedModel> = {}) => modelCard(tunedModel(changes), PYTHON.recipe, ['LICENSE']);

/** Words that show that a value was missing. */
const HOLES = /undefined|NaN|null|\[object|Infinity|\$\{/;

describe('modelCard', () => {
  it('of a network from scratch claims no base whose weights it has', () => {
    const text = card({ settings: { ...SETTINGS, start: 'scratch' } });
    expect(text).toContain('trained from scratch in the form of');
    expect(text).toContain(`| begun with | weights drawn at random, seed ${SETTINGS.seed} |`);
    expect(text).toContain('from-scratch');
    expect(text).not.toMatch(/base_model|fine-tuned|base model learned/);
    expect(text).not.toMatch(HOLES);
    expect(card()).toContain('| begun with | the weights of the base model |');
    const { earlyStopping } = SETTINGS;
    const marked = card({ settings: { ...SETTINGS, earlyStopping: { ...earlyStopping, act: 'mark' } } });
    expect(marked).toContain('| early stopping | marked, not obeyed, on `validationLoss`');
    const part = { examplesPerClass: 0, draw: 0, share: 0.25 };
    expect(card({ settings: { ...SETTINGS, fewShot: part } })).toContain('25.0 % of each class, draw 0 of seed');
  });

  it('says what was measured, how sure that is, and how it came to be', () => {
    const text = card();
    const { low, high } = wilsonInterval(9, 10);
    expect(text).toContain('On the 10 pictures of the test set, which took no part in training');
    expect(text).toContain('| right | 9 of 10 |');
    expect(text).toContain('| accuracy | 90.0 % |');
    expect(text).toContain(`${(100 * low).toFixed(1)} % to ${(100 * high).toFixed(1)} %`);
    expect(text).toContain('| loss | 0.3142 |');
    expect(text).toContain('| bird | 12 | 3 | 4 |');
    expect(text).toContain('| **All** | 76 | 9 | 10 |');
    expect(text).toContain('| method | last-n (stages 2) |');
    expect(text).toContain('| weights trained | 18 of 58 |');
    expect(text).toContain('| learning rate | 0.0003, cosine, 5 warm-up steps |');
    expect(text).toContain('| epochs | 1 of 20 run |');
    expect(text).toContain('| time | 1 min 23 s |');
    expect(text).toContain('Apache-2.0 (`LICENSE`)');
    expect(text).toContain('fewer than 20: cat (8), dog (8), bird (8).');
    expect(text).toContain('| training pictures | 8 of each class at most, draw 1 of seed 7 |');
    expect(text).not.toMatch(HOLES);
  });

  it('says what was done to training pictures, and nothing of it where nothing was', () => {
    const text = card();
    expect(text).toContain(
      '| augmentation of training pictures | flipped left to right (half of them); cut out and enlarged (75.0 % to 100.0 % ' +
        'of the area, aspect ratio 3/4 to 4/3); turned by up to 15 degrees either way; brightness, contrast and saturation ' +
        'times 0.8 to 1.2; mixup (alpha 0.2); training accuracy counts the label with the greater share; where frozen ' +
        'layers were computed once, 6 views of each picture |',
    );
    const off = { ...SETTINGS.augmentation, flipHorizontal: false, crop: 0, rotate: 0, colour: 0, mixup: 0 };
    const fewShot = { examplesPerClass: 0, draw: 0, share: 1 };
    const plain = card({ settings: { ...SETTINGS, augmentation: off, fewShot } });
    expect(plain).not.toContain('augmentation');
    expect(plain).not.toContain('training pictures');
    expect(plain).toContain('fewer than 20: bird (12).');
  });

  it('opens with metadata that names licence, base and result', () => {
    const [, head] = card().split('---\n');
    expect(head).toContain('license: "apache-2.0"\n');
    expect(head).toContain('base_model: "digits-cnn"\n');
    expect(head).toContain('type: accuracy, value: 0.9 }');
  });

  it('says so where nothing was measured', () => {
    const { test: _, ...untested } = tunedModel({ history: [] });
    const text = modelCard(untested, PYTHON.recipe);
    expect(text).toContain('Accuracy on the test set: not measured.');
    expect(text).toContain('| epochs | not measured of 20 run |');
    expect(text).not.toContain('model-index');
    expect(text).not.toMatch(HOLES);
  });

  it('names the options of the optimizer and the schedule that were used, and no others', () => {
    const rule = { optimizer: 'muon', momentum: 0.95, schedule: 'step', gamma: 0.5, stepEpochs: 4 } as const;
    const text = card({ settings: { ...SETTINGS, ...rule, accumulate: 4, dropout: 0.1 } });
    expect(text).toContain('| optimizer | Muon, other weights by AdamW, momentum 0.95 |');
    expect(text).toContain('| learning rate | 0.0003, step, stepEpochs 4, gamma 0.5, 5 warm-up steps |');
    expect(text).toContain('4 of them in one step |');
    expect(text).toContain('| dropout | 0.1 |');
    expect(text).not.toContain('stochastic depth');
  });

  it.each<[string, Partial<TunedModel>]>([
    ['a loss that left all bounds', { test: { examples: 3, correct: 0, loss: Number.NaN } }],
    ['a test set of nothing', { test: { examples: 0, correct: 0, loss: Number.NaN } }],
    ['a base that nobody knows', { base: { id: '', shipped: false, licence: '', sha256: '' }, title: '' }],
    [
      'SGD without early stopping',
      {
        settings: {
          ...SETTINGS,
          optimizer: 'sgd',
          clipNorm: 0,
          earlyStopping: { ...SETTINGS.earlyStopping, enabled: false },
        },
      },
    ],
  ])('leaves no hole for %s', (_, changes) => expect(card(changes)).not.toMatch(HOLES));

  it('shows no zeros for counts that are not known', () => {
    const { data } = tunedModel();
    const none = { train: 0, validation: 0, test: 0 };
    const text = card({ data: { ...data, classes: data.classes.map(({ name }) => ({ name, counts: none })) } });
    expect(text).toContain('Classes: cat, dog, bird. How many pictures of each there were is not recorded here.');
    expect(text).not.toContain('fewer than');
    expect(text).toContain('On 10 pictures, of which it is not recorded whether they took part in training');
  });

  it('keeps names from becoming Markdown', () => {
    const name = 'a|b`c`\n# d\n```python\nimport os\n```<script>[x](y)';
    const text = card({
      title: name,
      data: { ...tunedModel().data, name, classes: [{ name, counts: { train: 1, validation: 1, test: 1 } }] },
    });
    expect(text.match(/^```python$/gm)).toHaveLength(1);
    expect(text).not.toMatch(/^# d/m);
    const body = text.slice(text.indexOf('\n---\n'));
    expect(body).not.toMatch(/(?<!\\)<script/);
    expect(text.match(/^\| a\\\|b/m)).not.toBeNull();
  });

  it('takes titles of any script', () => {
    for (const title of ['猫和狗', 'Қазақ әріптері', '🐱🐶', 'Cats & dogs'])
      expect(card({ title })).toContain(`\n# ${title}\n`);
  });
});
