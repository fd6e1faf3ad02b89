import { type ReactNode, useCallback, useRef } from 'react';
import styles from './card.module.css';
import { DownloadMenu, type Downloads } from './download-menu.tsx';

interface CardProps {
  /** Left of the head. Say the finding where there is one. */
  title?: ReactNode;
  /** Right of the head: controls, a badge, a figure. */
  aside?: ReactNode;
  /** Files of the card's numbers and drawings. `chart` draws what is marked `data-chart` in the body, else all of it. */
  downloads?: Omit<Downloads, 'title' | 'places'> & { title?: string; chart?: boolean };
  /** Without the body's padding, for tables and lists that bring their own. */
  flush?: boolean;
  className?: string | undefined;
  children?: ReactNode;
}

/** A surface with its title on the left and its controls on the right. */
export function Card({ title, aside, downloads, flush = false, className, children }: CardProps) {
  const body = useRef<HTMLDivElement>(null);
  const places = useCallback((): Element[] => {
    const charts = [...(body.current?.querySelectorAll('[data-chart]') ?? [])];
    return charts.length > 0 ? charts : body.current ? [body.current] : [];
  }, []);
  const { chart = false, title: named = typeof title === 'string' ? title : '', ...files } = downloads ?? { name: '' };
  return (
    <section className={[styles.card, className].filter(Boolean).join(' ')}>
      {(title || aside || downloads) && (
        <header className={styles.head}>
          {title && <h2>{title}</h2>}
          {(aside || downloads) && (
            <div className={styles.aside}>
              {aside}
              {downloads && <DownloadMenu title={named} {...files} {...(chart ? { places } : {})} />}
            </div>
          )}
        </header>
      )}
      <div ref={body} className={flush ? styles.flush : styles.body}>
        {children}
      </div>
    </section>
  );
}
