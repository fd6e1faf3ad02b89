import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { Look } from '@/app/look.tsx';
import { setLanguage, startI18n } from '../i18n.ts';
import { StudioProvider } from '../studio-context.tsx';
import { studioOf } from './fixtures.ts';

let root: Root | undefined;

/** Puts a part of the page on an empty page, in English and with the product's look. One at a time. */
export async function render(children: ReactNode, studio = studioOf()) {
  root?.unmount();
  await startI18n();
  await setLanguage('en', false);
  document.body.replaceChildren();
  const host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  const { store, actions } = studio;
  flushSync(() =>
    root?.render(
      <StudioProvider store={store} actions={actions}>
        <Look>{children}</Look>
      </StudioProvider>,
    ),
  );
  return studio;
}
