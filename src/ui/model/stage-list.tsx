import { IconFlame, IconGripHorizontal, IconSnowflake } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StageSummary } from '@/protocol/model.ts';
import { useFormat } from '../format.ts';
import styles from './stage-list.module.css';

interface StageListProps {
  stages: readonly StageSummary[];
  /** Stages before the freeze line. */
  frozen: number;
  input: string;
  output: string;
  /** The line came to rest after so many stages. */
  onMove(frozen: number): void;
}

const KEYS: Record<string, number> = {
  ArrowUp: -1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowRight: 1,
  PageUp: -3,
  PageDown: 3,
};

/** Stages in their order, with the freeze line between what stays and what moves. */
export function StageList({ stages, frozen, input, output, onMove }: StageListProps) {
  const { t } = useTranslation('model');
  const [line, setLine] = useState(frozen);
  useEffect(() => setLine(frozen), [frozen]);
  const most = Math.max(...stages.map(({ parameters }) => parameters), 1);
  return (
    <div>
      <div className={styles.ends}>
        <span>{input}</span>
        <span>{t('stages.parameters')}</span>
      </div>
      <ol className={styles.list} data-stages>
        {stages.map((stage, i) => (
          <li key={stage.name}>
            {i === line && <FreezeLine stages={stages} line={line} onDrag={setLine} onMove={onMove} />}
            <StageRow stage={stage} frozen={i < line || (line === frozen && stage.trainable === 0)} most={most} />
          </li>
        ))}
      </ol>
      <div className={styles.ends}>
        <span>{output}</span>
      </div>
    </div>
  );
}

interface StageRowProps {
  stage: StageSummary;
  frozen: boolean;
  /** Weights of the largest stage. */
  most: number;
  /** In front of the name, in place of its sign. */
  sign?: ReactNode;
}

/** A stage with its weights; where some of them move and others stay, with how many move. */
export function StageRow({ stage, frozen, most, sign }: StageRowProps) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const Icon = frozen ? IconSnowflake : IconFlame;
  const some = !frozen && stage.trainable > 0 && stage.trainable < stage.parameters;
  return (
    <div className={styles.stage} data-frozen={frozen || undefined} data-stage>
      {sign ?? <Icon size={14} stroke={1.75} aria-label={t(frozen ? 'stages.stays' : 'stages.moves')} />}
      <b title={stage.name}>{stage.name}</b>
      <span className={styles.bar} aria-hidden="true">
        <i style={{ width: `${Math.max(3, (stage.parameters / most) * 100)}%` }} />
      </span>
      <span className="num">
        {some && <b>{`${format.number(stage.trainable, 0)} / `}</b>}
        {format.number(stage.parameters, 0)}
      </span>
    </div>
  );
}

interface FreezeLineProps {
  stages: readonly StageSummary[];
  line: number;
  onDrag(line: number): void;
  onMove(line: number): void;
}

function FreezeLine({ stages, line, onDrag, onMove }: FreezeLineProps) {
  const { t } = useTranslation('model');
  const handle = useRef<HTMLDivElement>(null);
  // At least the last stage moves.
  const last = stages.length - 1;
  const within = (value: number): number => Math.min(last, Math.max(0, value));

  function press(event: KeyboardEvent): void {
    const step = KEYS[event.key];
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? last : step ? within(line + step) : undefined;
    if (to === undefined) return;
    event.preventDefault();
    onDrag(to);
    onMove(to);
    // The line is drawn in another row now; keep the focus on it.
    const list = handle.current?.closest('[data-stages]');
    requestAnimationFrame(() => list?.querySelector<HTMLElement>('[role=slider]')?.focus());
  }
  /** Listens on the page, because the line is drawn anew in every row that it crosses. */
  function grab(event: PointerEvent<HTMLDivElement>): void {
    const list = event.currentTarget.closest('[data-stages]');
    if (!list || event.button !== 0) return;
    event.preventDefault();
    let at = line;
    const move = ({ clientY }: { clientY: number }) => {
      const rows = [...list.querySelectorAll('[data-stage]')].map((row) => row.getBoundingClientRect());
      at = within(rows.filter(({ top, height }) => clientY > top + height / 2).length);
      onDrag(at);
    };
    const drop = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', drop);
      if (at !== line) onMove(at);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', drop);
  }
  return (
    <div className={styles.line}>
      <div
        ref={handle}
        className={styles.handle}
        role="slider"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={t('stages.line')}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={line}
        aria-valuetext={
          line === 0
            ? t('stages.lineNone')
            : t('stages.lineAfter', { stage: stages[line - 1]?.name, count: stages.length - line })
        }
        onKeyDown={press}
        onPointerDown={grab}
      >
        <IconGripHorizontal size={16} />
        {t('stages.lineHint')}
      </div>
    </div>
  );
}
