import { type Architecture, stage } from '../../src/nn/core.ts';

/** Layers of so many units with ReLU between them, the last for the logits. x [B, widths[0]] -> [B, widths.at(-1)] */
export function mlp(widths: readonly number[], dropout: number): Architecture {
  const stages = widths.slice(1).map((out, i) =>
    stage({
      name: `layer${i}`,
      reads: ['x'],
      writes: ['x'],
      run(ops, v) {
        const y = ops.linear(`layer${i}`, v.x, { out });
        return { x: i === widths.length - 2 ? y : ops.dropout(`dropout${i}`, ops.activation('relu', y), dropout) };
      },
    }),
  );
  return { inputs: { x: { shape: ['B', widths[0]!], dtype: 'float32' } }, output: 'x', stages };
}
