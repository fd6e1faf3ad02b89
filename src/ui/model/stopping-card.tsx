import { Collapse, Switch } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { OptionValue } from '@/protocol/options.ts';
import { EARLY_STOPPING_OPTIONS } from '@/protocol/settings.ts';
import { Card } from '../controls/card.tsx';
import { OptionForm } from '../controls/option-form.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import { useMarked } from './set-up-note.tsx';
import styles from './settings-card.module.css';

const OPTIONS = EARLY_STOPPING_OPTIONS.filter(({ name }) => name !== 'enabled');

/** When a run ends before its last epoch. */
export function StoppingCard() {
  const { t } = useTranslation('option');
  const id = useId();
  const stopping = useStudio((state) => state.settings.earlyStopping);
  const marked = useMarked();
  const { set } = useActions();
  const change = (name: string, value: OptionValue) => void set({ earlyStopping: { ...stopping, [name]: value } });
  return (
    <Card
      title={<label htmlFor={id}>{t('enabled.label')}</label>}
      aside={
        <Switch
          id={id}
          checked={stopping.enabled}
          withThumbIndicator={false}
          onChange={({ currentTarget }) => change('enabled', currentTarget.checked)}
        />
      }
    >
      <p className="small muted">{t('enabled.help')}</p>
      <Collapse expanded={stopping.enabled}>
        <div className={`${styles.inner} ${styles.roomy}`}>
          <OptionForm specs={OPTIONS} values={{ ...stopping }} onChange={change} marked={marked} />
        </div>
      </Collapse>
    </Card>
  );
}
