import { useTranslation } from 'react-i18next';
import type { KernelGroup, StepProfile } from '@/protocol/step-profile.ts';
import { useFormat } from '@/ui/format.ts';

const SCALES = [
  ['tera', 1e12],
  ['giga', 1e9],
  ['mega', 1e6],
  ['kilo', 1e3],
] as const;

/** Floating point operations, or so many a second, with a unit that suits. */
export function useFlops(): Record<'work' | 'rate', (value: number) => string> {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const write = (kind: 'flops' | 'unit') => (value: number) => {
    const [name, size] = SCALES.find(([, scale]) => value >= scale) ?? SCALES[3];
    const scaled = value / size;
    return t(`${kind}.${name}`, { value: format.number(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0) });
  };
  return { work: write('flops'), rate: write('unit') };
}

/** Milliseconds of a kernel, or of a step: 0.034 ms, 0.42 ms, 4.2 ms, 118 ms, 5.4 s. */
export function useMs(): (value: number | undefined) => string {
  const format = useFormat();
  return (value) => {
    if (value === undefined) return '–';
    if (value >= 1000) return format.duration(value / 1000);
    return value > 0 && value < 1 ? format.milliseconds(value, value < 0.1 ? 3 : 2) : format.milliseconds(value);
  };
}

/** What a kind of computation is called; where operations are TensorFlow.js's, attention has but its softmax to itself. */
export function useGroup({ clock }: StepProfile): (group: KernelGroup) => string {
  const { t } = useTranslation('profile');
  return (group) => t(`group.${group}`, clock === 'processor' ? { context: 'processor' } : {});
}
