import { useTranslation } from 'react-i18next';
import type { StepProfile } from '@/protocol/step-profile.ts';
import { groupsOf, idleShare } from '@/session/step-figures.ts';
import { useFormat } from '@/ui/format.ts';
import styles from './profile.module.css';
import { useGroup, useMs } from './words.ts';

/** A row a kind of computation, as long as its share of the step, and last what is left. */
export function Groups({ profile }: { profile: StepProfile }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const ms = useMs();
  const name = useGroup(profile);
  const groups = groupsOf(profile);
  const idle = idleShare(profile) ?? 0;
  const rows = [
    ...groups.map(({ group, share, ms: time }) => ({ id: group, words: name(group), share, time })),
    {
      id: 'idle',
      words: t('idle', profile.clock === 'processor' ? { context: 'processor' } : {}),
      share: idle,
      time: idle * profile.stepMs,
    },
  ];
  const longest = Math.max(...rows.map(({ share }) => share));
  return (
    <table className={styles.groups}>
      <caption>{t('groups')}</caption>
      <tbody>
        {rows.map(({ id, words, share, time }) => (
          <tr key={id}>
            <th scope="row">{words}</th>
            <td aria-hidden="true" className={styles.drawn}>
              <i data-idle={id === 'idle'} style={{ width: `${(100 * share) / longest}%` }} />
            </td>
            <td>{ms(time)}</td>
            <td>{format.percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
