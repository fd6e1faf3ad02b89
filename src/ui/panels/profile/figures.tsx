import { useTranslation } from 'react-i18next';
import type { StepProfile } from '@/protocol/step-profile.ts';
import { dispatchesOf, ratesOf } from '@/session/step-figures.ts';
import { KeyFigure, KeyFigures } from '@/ui/controls/key-figure.tsx';
import { useFormat } from '@/ui/format.ts';
import { useFlops, useMs } from './words.ts';

/** The step in four numbers: how long, how many kernels, how fast, and what share of the device's best that is. */
export function Figures({ profile }: { profile: StepProfile }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const flops = useFlops();
  const ms = useMs();
  const { examples, tokens } = profile;
  const { achieved, peak, mfu } = ratesOf(profile);
  return (
    <KeyFigures>
      <KeyFigure
        label={t('figure.step')}
        value={ms(profile.stepMs)}
        note={[t('figure.examples', { count: examples }), tokens && t('figure.tokens', { count: tokens })]
          .filter(Boolean)
          .join(' · ')}
      />
      <KeyFigure
        label={t(profile.clock === 'processor' ? 'figure.operations' : 'figure.dispatches')}
        value={format.number(dispatchesOf(profile), 0)}
        note={t('figure.perStep')}
      />
      <KeyFigure
        label={t('figure.speed')}
        value={flops.rate(achieved)}
        note={t('figure.peak', { peak: flops.rate(peak) })}
      />
      <KeyFigure label={t('figure.mfu')} value={format.percent(mfu, mfu < 0.1 ? 2 : 1)} note={t('figure.mfuHelp')} />
    </KeyFigures>
  );
}
