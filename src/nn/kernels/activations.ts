/** Activations in WGSL: kernels apply them to what they have just computed, and multiply by their slope on the way back. */
import type { Activation } from '../core.ts';

interface Text {
  /** Of x. */
  value: string;
  /** Derivative, of y where the output tells it and the input need not be kept, else of x. */
  slope: string;
  of: 'x' | 'y';
  needs?: readonly (keyof typeof HELPERS)[];
}

const HELPERS = {
  /** Abramowitz and Stegun 1964, 7.1.26: within 1.5e-7. */
  erf: `fn erf(x : f32) -> f32 {
  let a = abs(x);
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(x) * (1.0 - poly * exp(-a * a));
}`,
  // beyond these arguments f32 has no other answer, and WGSL leaves overflow open
  tanh: 'fn tanhOf(x : f32) -> f32 { return tanh(clamp(x, -10.0, 10.0)); }',
  sigmoid: 'fn sigmoid(x : f32) -> f32 { return 1.0 / (1.0 + exp(-clamp(x, -80.0, 80.0))); }',
  /** √(2/π) (x + 0.044715 x³) */
  inner: 'fn inner(x : f32) -> f32 { return tanhOf(0.7978845608 * (x + 0.044715 * x * x * x)); }',
} as const;

const TEXTS: Record<Activation, Text> = {
  relu: { value: 'max(x, 0.0)', slope: 'select(0.0, 1.0, y > 0.0)', of: 'y' },
  relu6: { value: 'clamp(x, 0.0, 6.0)', slope: 'select(0.0, 1.0, y > 0.0 && y < 6.0)', of: 'y' },
  tanh: { value: 'tanhOf(x)', slope: '1.0 - y * y', of: 'y', needs: ['tanh'] },
  sigmoid: { value: 'sigmoid(x)', slope: 'y * (1.0 - y)', of: 'y', needs: ['sigmoid'] },
  silu: {
    value: 'x * sigmoid(x)',
    slope: 'sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))',
    of: 'x',
    needs: ['sigmoid'],
  },
  /** x Φ(x) (Hendrycks and Gimpel 2016). */
  gelu: {
    value: '0.5 * x * (1.0 + erf(0.70710678 * x))',
    slope: '0.5 * (1.0 + erf(0.70710678 * x)) + 0.39894228 * x * exp(-0.5 * x * x)',
    of: 'x',
    needs: ['erf'],
  },
  gelu_new: {
    value: '0.5 * x * (1.0 + inner(x))',
    slope: '0.5 * (1.0 + inner(x)) + 0.5 * x * (1.0 - inner(x) * inner(x)) * 0.7978845608 * (1.0 + 0.134145 * x * x)',
    of: 'x',
    needs: ['tanh', 'inner'],
  },
};

/** Whether the gradient needs what went in: where it does not, what came out tells it. */
export const needsInput = (activation: Activation | undefined): boolean =>
  activation !== undefined && TEXTS[activation].of === 'x';

/** `activate(x)` and `slope(of)`, the derivative told from the output, or from the input where `needsInput`. */
export function activationText(activation: Activation | undefined): string {
  const text: Text = activation ? TEXTS[activation] : { value: 'x', slope: '1.0', of: 'y' };
  return `${(text.needs ?? []).map((name) => HELPERS[name]).join('\n')}
fn activate(x : f32) -> f32 { return ${text.value}; }
fn slope(${text.of} : f32) -> f32 { return ${text.slope}; }
`;
}
