import type { InsideMetric } from '@/protocol/inside.ts';
import { useFormat } from '@/ui/format.ts';

/** A metric's figure as it is read: shares in per cent, the rest as people write small numbers. */
export function useFigure(metric: InsideMetric): (value: number) => string {
  const format = useFormat();
  return (value) => {
    if (Number.isNaN(value)) return '–';
    return metric === 'dead' ? format.percent(value) : format.rate(value);
  };
}
