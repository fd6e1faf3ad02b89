import { useEffect, useState } from 'react';

/** Stands before a set-up in the address; `session/setup-link.ts` reads what follows. */
const LINK = '#setup=';

/** A set-up that the address carries, unread, and how to be rid of it. */
export function useLink(): [string | undefined, () => void] {
  const [link, set] = useState<string>();
  useEffect(() => {
    const follow = () => set(location.hash.startsWith(LINK) ? location.hash : undefined);
    follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const close = () => {
    history.replaceState(null, '', '#/');
    set(undefined);
  };
  return [link, close];
}
