import { describe, expect, it } from 'vitest';
import { type Architecture, stage } from './core.ts';
import { liveAt, profile, weightUses } from './profile.ts';
import { broadcast, product, shapes } from './shapes.ts';

const f32 = (...shape: (number | string)[]) => ({ shape, dtype: 'float32' }) as const;

describe('symbolic sizes', () => {
  it('are canonical monomials', () => {
    expect(product([2, 'T', 3, 'B'])).toBe('6*B*T');
    expect(product(['2*B', 'T'])).toBe('2*B*T');
    expect(product([2, 3])).toBe(6);
  });
  it('broadcast, or say that they do not', () => {
    expect(broadcast(['B', 1, 4], [3, 1])).toEqual(['B', 3, 4]);
    expect(() => broadcast([2, 3], [4, 3])).toThrow('do not broadcast');
  });
  it('reshape copies with 0 and infers one -1', () => {
    expect(shapes.reshape(f32('B', 'T', 12), [0, 0, 3, 4]).shape).toEqual(['B', 'T', 3, 4]);
    expect(shapes.reshape(f32('B', 7, 7, 5), [0, -1]).shape).toEqual(['B', 245]);
    expect(() => shapes.reshape(f32('B', 7), [0, 8])).toThrow('reshape');
  });
  it('slices from both ends', () => {
    expect(shapes.slice(f32('B', 9), 1, 2, 5).shape).toEqual(['B', 3]);
    expect(shapes.slice(f32('B', 9), 1, -4).shape).toEqual(['B', 4]);
    expect(shapes.slice(f32('B', 9), 1, 2, -1).shape).toEqual(['B', 6]);
  });
});

/** Two stages over one shared table: what tied weights look like. */
const tied: Architecture = {
  inputs: { ids: { shape: ['B', 'T'], dtype: 'int32' } },
  output: 'logits',
  stages: [
    stage({
      name: 'embed',
      reads: ['ids'],
      writes: ['x'],
      run: (ops, v) => ({ x: ops.embed('wte', v.ids, { count: 11, width: 6 }) }),
    }),
    stage({
      name: 'mlp',
      reads: ['x'],
      writes: ['x'],
      run: (ops, v) => ({ x: ops.activation('gelu', ops.linear('mlp', v.x, { out: 6 })) }),
    }),
    stage({
      name: 'head',
      reads: ['x'],
      writes: ['logits'],
      run: (ops, v) => ({ logits: ops.linear('lm_head', v.x, { out: 11, bias: false, tied: 'wte.weight' }) }),
    }),
  ],
};

describe('profile', () => {
  const { stages, weights } = profile(tied, { B: 1, T: 5 });
  it('finds every weight once, with the stages that read it', () => {
    expect([...weights.keys()]).toEqual(['wte.weight', 'mlp.weight', 'mlp.bias']);
    expect(weightUses({ stages, weights }).map(({ name, stages: at }) => [name, at])).toEqual([
      ['wte.weight', [0, 2]],
      ['mlp.weight', [1]],
      ['mlp.bias', [1]],
    ]);
  });
  it('counts a multiply-add as two operations', () => {
    expect(stages[2]!.flops).toBe(2 * 5 * 6 * 11);
  });
  it('says what must outlive a boundary', () => {
    expect(liveAt(tied, 0)).toEqual(['ids']);
    expect(liveAt(tied, 2)).toEqual(['x']);
    expect(liveAt(tied, 3)).toEqual(['logits']);
  });
  it('refuses one name with two shapes', () => {
    const twice: Architecture = {
      ...tied,
      stages: [
        ...tied.stages.slice(0, 2),
        stage({
          name: 'again',
          reads: ['x'],
          writes: ['logits'],
          run: (ops, v) => ({ logits: ops.linear('mlp', v.x, { out: 7 }) }),
        }),
      ],
    };
    expect(() => profile(twice, { B: 1, T: 5 })).toThrow('mlp.weight is used as');
  });
});
