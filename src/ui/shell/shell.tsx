import { Suspense } from 'react';
import { useStudio } from '../studio-context.tsx';
import { SCREEN_COMPONENTS } from './screens.tsx';

export function Shell() {
  const screen = useStudio((state) => state.screen);
  const Screen = SCREEN_COMPONENTS[screen];
  return (
    <main>
      <Suspense>
        <Screen />
      </Suspense>
    </main>
  );
}
