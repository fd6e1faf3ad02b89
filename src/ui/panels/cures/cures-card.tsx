import { useTranslation } from 'react-i18next';
import { CURES } from '@/protocol/run.ts';
import { latest } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { KeyFigure, KeyFigures } from '@/ui/controls/key-figure.tsx';
import { useFormat } from '@/ui/format.ts';

/** What holds on to the old task in a run, and what that adds to the loss which is drawn. */
export function CuresCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation(['cures', 'option']);
  const format = useFormat();
  const { cures } = run.settings;
  const on = CURES.filter((name) => cures[name] > 0);
  if (on.length === 0 || run.imported) return null;
  const [loss, penalty] = [latest(run.train, 'loss'), latest(run.train, 'penalty')];
  return (
    <Card title={t('title')}>
      <ul className="small">
        {on.map((name) => (
          <li key={name}>
            {t(`option:${name}.label`)} <b className="num">{format.number(cures[name], 4)}</b>
          </li>
        ))}
      </ul>
      {loss !== undefined && penalty !== undefined && !Number.isNaN(penalty) && (
        <div className="stack" style={{ gap: 8, marginTop: 10 }}>
          <KeyFigures>
            <KeyFigure label={t('loss')} value={format.fixed(loss, 3)} />
            <KeyFigure label={t('penalty')} value={format.fixed(penalty, 3)} />
          </KeyFigures>
          <p className="tiny faint">{t('apart')}</p>
        </div>
      )}
    </Card>
  );
}
