import { type Architecture, type Stage, stage } from '../nn/core.ts';

/** Dense layers with ReLU between them: `widths` from the features to the classes. The smallest thing that trains. */
export function mlp(widths: readonly number[]): Architecture {
  const hidden = widths.slice(1, -1).map((out, i) => {
    const name = `fc${i + 1}`;
    const from = i === 0 ? 'features' : 'x';
    return stage({
      name,
      reads: [from],
      writes: ['x'],
      run: (ops, v) => ({ x: ops.activation('relu', ops.linear(name, v[from]!, { out })) }), // [B, out]
    });
  });
  const last = `fc${widths.length - 1}`;
  const head: Stage = stage({
    name: last,
    reads: ['x'],
    writes: ['logits'],
    run: (ops, v) => ({ logits: ops.linear(last, v.x, { out: widths.at(-1)! }) }),
  });
  return {
    inputs: { features: { shape: ['B', widths[0]!], dtype: 'float32' } },
    output: 'logits',
    stages: [...hidden, head],
  };
}
