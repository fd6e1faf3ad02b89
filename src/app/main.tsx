import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { preferredLanguage, startI18n } from '@/ui/i18n.ts';
import { Shell } from '@/ui/shell/shell.tsx';
import { StudioProvider } from '@/ui/studio-context.tsx';
import { Look } from './look.tsx';
import { actions, store } from './studio.ts';

await startI18n(preferredLanguage());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <StudioProvider store={store} actions={actions}>
      <Look>
        <Shell />
      </Look>
    </StudioProvider>
  </StrictMode>,
);

// The worker, and TensorFlow.js with it, starts once the page stands.
const whenIdle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
whenIdle(() => {
  void actions.loadProjects();
  void actions.chooseBackend(store.getState().backendChoice);
});
