import { Collapse, Switch } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { mildAugmentation, withoutAugmentation } from '@/advice/augmentation.ts';
import { type Augmentation, augments, cachedViews } from '@/protocol/augmentation.ts';
import type { OptionValue } from '@/protocol/options.ts';
import { AUGMENTATIONS } from '@/protocol/settings.ts';
import { Card } from '../controls/card.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { OptionForm } from '../controls/option-form.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { AugmentationPreview } from './augmentation-preview.tsx';
import { useMarked } from './set-up-note.tsx';
import styles from './settings-card.module.css';
import { TextAugmentationPreview } from './text-augmentation-preview.tsx';
import { usePlan } from './use-plan.ts';
import { useTask } from './use-task.ts';

const PREVIEWS = { image: AugmentationPreview, text: TextAugmentationPreview } as const;

/** What is done to training examples, with a look at what comes of it. */
export function AugmentationCard() {
  const { t } = useKindTranslation('model');
  const id = useId();
  const augmentation = useStudio((state) => state.settings.augmentation);
  const { input } = useTask();
  const marked = useMarked();
  const { set } = useActions();
  const on = augments(augmentation);
  // stays open while the last change is set to nothing: the form would close under the hand
  const [open, setOpen] = useState(on);
  if (on && !open) setOpen(true);
  const change = (next: Augmentation) => void set({ augmentation: next });
  const changeOne = (name: string, value: OptionValue) => change({ ...augmentation, [name]: value });
  const Preview = PREVIEWS[input];
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
            change(checked ? mildAugmentation(augmentation, input) : withoutAugmentation(augmentation));
          }}
        />
      }
    >
      <p className="small muted">{t('augmentation.note')}</p>
      <Collapse expanded={open}>
        <div className={`${styles.inner} ${styles.roomy}`}>
          <OptionForm specs={AUGMENTATIONS[input].filter(({ name }) => name !== 'views')} {...form} />
          {on && <Preview />}
          {on && (
            <Views>
              <OptionForm specs={AUGMENTATIONS[input].filter(({ name }) => name === 'views')} {...form} />
            </Views>
          )}
        </div>
      </Collapse>
    </Card>
  );
}

/** With a cached prefix: how many versions of each example are made once, and what that costs. */
function Views({ children }: { children: ReactNode }) {
  const { t } = useKindTranslation('model');
  const format = useFormat();
  const settings = useStudio((state) => state.settings);
  const planned = usePlan();
  if (!settings.cachePrefix || !planned?.chosen || planned.chosen.cacheBytes === 0) return null;
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
