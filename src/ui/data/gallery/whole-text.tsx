import { Skeleton } from '@mantine/core';
import type { TextRow } from '@/protocol/text.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { useWholeText } from '../../controls/text-example.tsx';
import styles from './whole-text.module.css';

/** Everything that an example says: its text, two of them, or who said what. */
export function WholeText({ id, excluded }: { id: number; excluded: boolean }) {
  const row = useWholeText(id);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <div className={styles.body} data-excluded={excluded || undefined} tabIndex={0} aria-busy={!row}>
      {row ? <Words row={row} /> : <Skeleton height={54} />}
    </div>
  );
}

function Words({ row: { text, pair, messages } }: { row: TextRow }) {
  const { t } = useKindTranslation('data');
  const texts = messages
    ? messages.map(({ role, content }) => ({ role, name: t(`text.speaker.${role}`), content }))
    : pair === undefined
      ? [{ role: 'text', name: '', content: text ?? '' }]
      : [
          { role: 'text', name: t('role.text'), content: text ?? '' },
          { role: 'text', name: t('role.pair'), content: pair },
        ];
  // Plain text to continue has one who speaks.
  const named = texts.length > 1;
  return texts.map(({ role, name, content }, i) => (
    <section key={i} className={styles.part} data-role={named ? role : undefined}>
      {named && <h3>{name}</h3>}
      <p dir="auto">{content.trim() === '' ? <i className="faint">{t('text.empty')}</i> : content}</p>
    </section>
  ));
}
