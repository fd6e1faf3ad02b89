import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MethodPlan } from '@/protocol/model.ts';
import { useFormat } from '../format.ts';
import styles from './memory-parts.module.css';

const PARTS = ['weights', 'gradients', 'optimizer', 'activations', 'kept'] as const;

/** What a run's memory is for, in bytes; only what there is. */
function partsOf(plan: MethodPlan): { part: (typeof PARTS)[number]; bytes: number }[] {
  const { gradientBytes: gradients, optimizerBytes: optimizer, activationBytes: activations, cacheBytes: kept } = plan;
  const weights = plan.memoryBytes - gradients - optimizer - activations - kept;
  const bytes = { weights, gradients, optimizer, activations, kept };
  return PARTS.map((part) => ({ part, bytes: bytes[part] })).filter((one) => one.bytes > 0);
}

/** The sum, and its parts behind it. */
export function MemoryTip({ plan, name }: { plan: MethodPlan; name: string }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const parts = partsOf(plan).map(({ part, bytes }) => `${t(`method.part.${part}`)} ${format.bytes(bytes)}`);
  return (
    <Tooltip label={parts.join(' · ')} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={`plain-button ${styles.sum}`}>
        <span className="visually-hidden">{t('method.memoryOf', { name })}: </span>
        {format.bytes(plan.memoryBytes)}
        <span className="visually-hidden"> ({parts.join(', ')})</span>
      </button>
    </Tooltip>
  );
}

/** What the chosen method's memory is for: one bar, and each part with its size. */
export function MemoryParts({ plan }: { plan: MethodPlan }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  return (
    <div className={styles.parts}>
      <div className={styles.bar} aria-hidden="true">
        {partsOf(plan).map(({ part, bytes }) => (
          <i key={part} data-part={part} style={{ width: `${(100 * bytes) / plan.memoryBytes}%` }} />
        ))}
      </div>
      <ul aria-label={t('method.memory')}>
        {partsOf(plan).map(({ part, bytes }) => (
          <li key={part}>
            <i data-part={part} aria-hidden="true" />
            {t(`method.part.${part}`)} <b className="num">{format.bytes(bytes)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
