import type { MethodPlan, PlanSummary } from '@/protocol/model.ts';
import { useStudio } from '../studio-context.tsx';

/** The plan, and what it says of the chosen method where that fits; nothing while the weights load. */
export function usePlan(): { plan: PlanSummary; chosen: MethodPlan | undefined } | undefined {
  const plan = useStudio((state) => state.plan);
  const method = useStudio((state) => state.settings.method.id);
  const loading = useStudio(({ progress, advising }) => Boolean(progress.weights) && !advising);
  const chosen = plan?.plans.find((each) => each.method === method);
  return plan && !loading ? { plan, chosen } : undefined;
}

/** Share of the forward work that the frozen stages do. */
export function frozenShare({ stages }: PlanSummary, frozen: number): number {
  const sum = (from: number, to: number) => stages.slice(from, to).reduce((total, { flops }) => total + flops, 0);
  const total = sum(0, stages.length);
  return total > 0 ? sum(0, frozen) / total : 0;
}
