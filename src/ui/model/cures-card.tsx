import { Collapse } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CURE_METAS } from '@/cures/metas.ts';
import { shippedModel } from '@/models/metas.ts';
import { CURES } from '@/protocol/run.ts';
import { CURE_OPTIONS, OLD_TASK_OPTIONS, trainingOptionsFor } from '@/protocol/settings.ts';
import { Card } from '../controls/card.tsx';
import { OptionForm } from '../controls/option-form.tsx';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { OwnProbes } from './own-probes.tsx';
import { useMarked } from './set-up-note.tsx';
import styles from './settings-card.module.css';
import { useTask } from './use-task.ts';

/** What holds on to what the model knew before, and tasks one after the other. */
export function CuresCard() {
  const { t } = useTranslation(['cures', 'option']);
  const format = useFormat();
  const id = useId();
  const cures = useStudio((state) => state.settings.cures);
  const tasks = useStudio((state) => state.settings.tasks);
  const oldTask = useStudio((state) => state.settings.oldTask);
  const model = useStudio((state) => state.settings.model);
  const marked = useMarked();
  const { set } = useActions();
  const on = CURES.filter((name) => cures[name] > 0).length;
  const inUse = on > 0 || tasks > 1;
  const [open, setOpen] = useState(inUse);
  if (inUse && !open && [...marked].some((name) => name === 'tasks' || name in cures)) setOpen(true);
  const sequence = trainingOptionsFor(useTask()).filter(({ name }) => name === 'tasks');
  const hasExamples = model.kind === 'shipped' && shippedModel(model.id)?.replay !== undefined;
  const watches = model.kind === 'shipped' && shippedModel(model.id)?.probes !== undefined;
  const starts = CURES.map((name) => `${t(`option:${name}.label`)} ${format.number(CURE_METAS[name].start, 4)}`);
  return (
    <Card title={t('title')} aside={<StatusBadge>{on > 0 ? t('on', { count: on }) : t('off')}</StatusBadge>}>
      <p className="small muted">{t('note')}</p>
      <div className={styles.more}>
        <button
          id="cures"
          type="button"
          className={`plain-button ${styles.toggle}`}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <IconChevronDown size={14} style={{ rotate: open ? '180deg' : '0deg' }} />
          {t('show')}
        </button>
        <Collapse expanded={open} id={id}>
          <div className={`stack ${styles.inner}`} style={{ gap: 10 }}>
            <OptionForm
              specs={CURE_OPTIONS}
              values={{ ...cures }}
              marked={marked}
              onChange={(name, value) => void set({ cures: { ...cures, [name]: value } })}
            />
            <p className="tiny faint">{t('begin', { starts: format.list(starts) })}</p>
            {!hasExamples && tasks === 1 && <p className="tiny faint">{t('noExamples')}</p>}
            <OptionForm
              specs={sequence}
              values={{ tasks }}
              marked={marked}
              onChange={(_, value) => void set({ tasks: Number(value) })}
            />
            {tasks > 1 && <p className="tiny faint">{t('sequence')}</p>}
            {watches && (
              <OptionForm
                specs={oldTask.watch ? OLD_TASK_OPTIONS : OLD_TASK_OPTIONS.slice(0, 1)}
                values={{ ...oldTask }}
                marked={marked}
                onChange={(name, value) => void set({ oldTask: { ...oldTask, [name]: value } })}
              />
            )}
            {watches && oldTask.watch && <OwnProbes />}
          </div>
        </Collapse>
      </div>
    </Card>
  );
}
