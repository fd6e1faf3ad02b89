import { Collapse, Switch } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { mildAugmentation, withoutAugmentation } from '@/advice/augmentation.ts';
import type { OptionValue } from '@/protocol/options.ts';
import { type Augmentation, augments, cachedViews } from '@/protocol/run.ts';
import { AUGMENTATION_OPTIONS } from '@/protocol/settings.ts';
import { Card } from '../controls/card.tsx';
import { OptionForm } from '../controls/option-form.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { AugmentationPreview } from './augmentation-preview.tsx';
import { useMarked } from './set-up-note.tsx';
import styles from './settings-card.module.css';
import { usePlan } from './use-plan.ts';

const CHANGES = AUGMENTATION_OPTIONS.filter(({ name }) => name !== 'views');
const VIEWS = AUGMENTATION_OPTIONS.filter(({ name }) => name === 'views');

/** What is done to training pictures, with a look at what comes of it. */
export function AugmentationCard() {
  const { t } = useTranslation(['model', 'option']);
  const id = useId();
  const augmentation = useStudio((state) => state.settings.augmentation);
  const marked = useMarked();
  const { set } = useActions();
  const on = augments(augmentation);
  // stays open while the last change is set to nothing: the form would close under the hand
  const [open, setOpen] = useState(on);
  if (on && !open) setOpen(true);
  const change = (next: Augmentation) => void set({ augmentation: next });
  const changeOne = (name: string, value: OptionValue) => change({ ...augmentation, [name]: value });
  const form = { values: { ...augmentation }, onChange: changeOne, marked };
  return (
    <Card
      title={<label htmlFor={id}>{t('augmentation.title')}</label>}
      aside={
        <Switch
          id={id}
          checked={open}
          withThumbIndicator={false}
          onChange={({ currentTarget: { checked } }) => {
            setOpen(checked);
            change((checked ? mildAugmentation : withoutAugmentation)(augmentation));
          }}
        />
      }
    >
      <p className="small muted">{t('augmentation.note')}</p>
      <Collapse expanded={open}>
        <div className={`${styles.inner} ${styles.roomy}`}>
          <OptionForm specs={CHANGES} {...form} />
          {on && <AugmentationPreview />}
          {on && (
            <Views>
              <OptionForm specs={VIEWS} {...form} />
            </Views>
          )}
        </div>
      </Collapse>
    </Card>
  );
}

/** With a cached prefix: how many versions of each picture are made once, and what that costs. */
function Views({ children }: { children: ReactNode }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const settings = useStudio((state) => state.settings);
  const planned = usePlan();
  if (!settings.cachePrefix || !planned || planned.chosen.cacheBytes === 0) return null;
  return (
    <div className={styles.views}>
      {children}
      <p className="tiny faint">
        {t('augmentation.views', {
          count: cachedViews(settings),
          size: format.bytes(planned.chosen.cacheBytes),
        })}
      </p>
    </div>
  );
}
