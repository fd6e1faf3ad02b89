import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { StepProfile } from '@/protocol/step-profile.ts';
import type { RunRecord } from '@/session/store.ts';
import { profileOf } from '@/session/testing/profiles.ts';
import { useCurrentRun } from '@/ui/studio-context.tsx';
import { datasetOf, studioOf } from '@/ui/testing/fixtures.ts';
import { render } from '@/ui/testing/render.tsx';
import { runOf, runsOf } from '@/ui/testing/run-fixtures.ts';
import { ProfilePanel } from './profile-panel.tsx';

const Panel = () => <ProfilePanel run={useCurrentRun()!} />;

async function show(runs: RunRecord[], profile: StepProfile = profileOf(), width = 1440) {
  await page.viewport(width, 900);
  const studio = studioOf({ screen: 'train', dataset: datasetOf(), ...runsOf(...runs) }, { profile: () => profile });
  await render(<Panel />, studio);
}
const button = (name: string) => page.getByRole('button', { name });

test('measures when asked, and says what limits the step', async () => {
  await show([runOf()], profileOf(), 360);
  await button('Measure a few steps').click();
  await expect.element(page.getByText(/Most of the step goes to convolutions: 52%/)).toBeVisible();
  await expect.element(page.getByText(/the device reaches 27% of its peak/)).toBeVisible();
  await expect.element(page.getByRole('row', { name: /device idle 9.2 ms 42.8%/ })).toBeVisible();
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  await page.getByText('Kernel by kernel', { exact: true }).click();
  await expect.element(page.getByRole('row', { name: /^conv.parts/ })).toBeVisible();
  await expect.element(button('Measure again')).toBeEnabled();
});

test('gives no times where the device has no clock, nor takes a software adapter for a GPU', async () => {
  const { kernels, backend } = profileOf();
  const untimed = kernels.map((kernel) => ({ ...kernel, ms: undefined }));
  const profile = profileOf({ clock: 'none', kernels: untimed, backend: { ...backend, software: true } });
  await show([runOf({ rest: { profile } })]);
  await expect.element(page.getByText(/only how often each is started/)).toBeVisible();
  await expect.element(page.getByText(/its times say nothing about a GPU/)).toBeVisible();
  expect(page.getByText('device idle').elements()).toHaveLength(0);
});

test('waits for another run, and for one that is paused', async () => {
  await show([runOf({ status: { phase: 'done', finish: 'completed' } }), runOf({ number: 2 })]);
  await expect.element(button('Measure a few steps')).toBeDisabled();
  await expect.element(page.getByText('Another run trains. It has to end first.')).toBeVisible();
});
