import { Button, NumberInput, Textarea, TextInput } from '@mantine/core';
import { IconDice5, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_SAMPLING, type GeneratedText, type Sampling } from '@/protocol/text.ts';
import { type Side, streamOf } from '@/session/generation-actions.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../../controls/card.tsx';
import { useFormat } from '../../format.ts';
import { useActions, useStudio } from '../../studio-context.tsx';
import styles from './writing.module.css';

const SIDES = ['base', 'tuned'] as const satisfies readonly Side[];

/** A prompt of one's own, continued by the model before training and by the tuned one, side by side. */
export function Playground({ run }: { run: RunRecord }) {
  const { t } = useTranslation('writing');
  const { generate, stopGenerating } = useActions();
  const [prompt, write] = useState('');
  const [sampling, set] = useState<Sampling>(DEFAULT_SAMPLING);
  const [ended, end] = useState<Partial<Record<Side, GeneratedText>>>({});
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    end({});
    for (const side of SIDES) {
      const written = await generate(run.id, side, { kind: 'text', text: prompt }, sampling);
      if (!written || written.finish === 'cancelled') break;
      end((before) => ({ ...before, [side]: written }));
    }
    setBusy(false);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || busy) return;
    event.preventDefault();
    void go();
  };
  return (
    <div className="stack">
      <Card title={t('try.title')}>
        <div className="stack">
          <Textarea
            aria-label={t('try.prompt')}
            placeholder={t('try.placeholder')}
            autosize
            minRows={2}
            maxRows={8}
            dir="auto"
            value={prompt}
            onChange={(event) => write(event.currentTarget.value)}
            onKeyDown={press}
          />
          <SamplingFields sampling={sampling} onChange={set} />
          <div className="row wrap">
            {busy ? (
              <Button leftSection={<IconPlayerStop size={16} />} onClick={() => void stopGenerating(run.id)}>
                {t('try.stop')}
              </Button>
            ) : (
              <Button variant="filled" leftSection={<IconPlayerPlay size={16} />} onClick={() => void go()}>
                {t('try.go')}
              </Button>
            )}
            <Button
              leftSection={<IconDice5 size={16} />}
              disabled={busy}
              onClick={() => set({ ...sampling, seed: sampling.seed + 1 })}
            >
              {t('try.reseed', { seed: sampling.seed })}
            </Button>
          </div>
        </div>
      </Card>
      <div className={styles.sides}>
        {SIDES.map((side) => (
          <Written key={side} run={run} side={side} ended={ended[side]} />
        ))}
      </div>
    </div>
  );
}

function Written({ run, side, ended }: { run: RunRecord; side: Side; ended: GeneratedText | undefined }) {
  const { t } = useTranslation('writing');
  const format = useFormat();
  const text = useStudio(({ generated }) => generated[streamOf(run.id, side)]);
  return (
    <Card title={t(side === 'base' ? 'evaluate:compare.before' : 'evaluate:compare.after')}>
      <p className={styles.text} dir="auto" aria-live="off" data-empty={!text || undefined}>
        {text || t('try.nothing')}
      </p>
      <p className="tiny faint num" aria-live="polite">
        {ended &&
          t('try.ended', {
            count: ended.tokens,
            rate: format.number(ended.tokens / Math.max(1e-3, ended.seconds), 0),
            why: t(`try.finish.${ended.finish}`),
          })}
      </p>
    </Card>
  );
}

interface FieldsProps {
  sampling: Sampling;
  onChange(sampling: Sampling): void;
}

function SamplingFields({ sampling, onChange }: FieldsProps) {
  const { t } = useTranslation('writing');
  const { decimalSeparator } = useFormat();
  const field = (
    name: 'maxTokens' | 'temperature' | 'topK' | 'topP',
    o: { min: number; max: number; step: number },
  ) => (
    <NumberInput
      key={name}
      size="xs"
      label={t(`try.${name}`)}
      description={t(`try.${name}Help`)}
      value={sampling[name]}
      {...o}
      decimalSeparator={decimalSeparator}
      allowedDecimalSeparators={['.', ',']}
      clampBehavior="strict"
      onChange={(value) => typeof value === 'number' && onChange({ ...sampling, [name]: value })}
    />
  );
  return (
    <div className={styles.fields}>
      {field('temperature', { min: 0, max: 2, step: 0.1 })}
      {field('topK', { min: 0, max: 1000, step: 10 })}
      {field('topP', { min: 0.05, max: 1, step: 0.05 })}
      {field('maxTokens', { min: 1, max: 1024, step: 16 })}
      <TextInput
        size="xs"
        label={t('try.stopText')}
        description={t('try.stopTextHelp')}
        value={sampling.stop}
        onChange={(event) => onChange({ ...sampling, stop: event.currentTarget.value })}
      />
    </div>
  );
}
