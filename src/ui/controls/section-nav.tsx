import { startTransition, useEffect, useRef, useState } from 'react';
import styles from './section-nav.module.css';

/** The part of a screen that the address names: `#/evaluate/groups`; the first where it names none. */
export function useSection<T extends string>(screen: string, sections: readonly T[]): T {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    // drawn in slices: a section of many rows and pictures does not hold the page
    const follow = () => startTransition(() => setHash(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const named = hash.match(/^#\/([^/]+)\/([^/]+)/);
  return sections.find((section) => named?.[1] === screen && named[2] === section) ?? sections[0]!;
}

interface SectionNavProps<T extends string> {
  label: string;
  screen: string;
  current: T;
  sections: readonly { id: T; label: string; count?: string | undefined }[];
}

/** Real links, so that the back button works; the first section is the screen's own address. */
export function SectionNav<T extends string>({ label, screen, current, sections }: SectionNavProps<T>) {
  const nav = useRef<HTMLElement>(null);
  // on a phone the links are wider than the page; nothing but the row itself may move
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current && link)
      nav.current.scrollLeft = link.offsetLeft - (nav.current.clientWidth - link.clientWidth) / 2;
  }, [current]);
  return (
    <nav ref={nav} className={styles.nav} aria-label={label}>
      {sections.map(({ id, label: words, count }, i) => (
        <a
          key={id}
          href={i === 0 ? `#/${screen}` : `#/${screen}/${id}`}
          aria-current={id === current ? 'true' : undefined}
        >
          {words}
          {count !== undefined && <span className="num">{count}</span>}
        </a>
      ))}
    </nav>
  );
}
