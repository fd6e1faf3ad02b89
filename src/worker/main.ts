import { adviseModels } from '../engine/advise.ts';
import { compare, evaluateRun } from '../engine/answers.ts';
import { evaluateBase } from '../engine/base.ts';
import { checkLabels } from '../engine/check-labels.ts';
import { exportRun } from '../engine/export-run.ts';
import { predictFrame } from '../engine/frames.ts';
import { generateText } from '../engine/generate.ts';
import { memorised } from '../engine/memorised.ts';
import { addPictures, openFiles, openSample, peek, remap } from '../engine/opening.ts';
import { openProbes } from '../engine/own-probes.ts';
import { previewAugmentation } from '../engine/preview.ts';
import { previewTexts } from '../engine/preview-texts.ts';
import { profileRun } from '../engine/profile-run.ts';
import { rangeTest, stopRangeTest } from '../engine/range-test.ts';
import { report } from '../engine/report.ts';
import { explain } from '../engine/saliency.ts';
import { steer } from '../engine/steering.ts';
import { Studio } from '../engine/studio.ts';
import { textFit } from '../engine/text-fit.ts';
import { continueRun, startRun } from '../engine/training.ts';
import { wordWeights } from '../engine/word-weights.ts';
import { clearRowFiles } from '../lib/row-file.ts';
import type { Command, CommandKind, Replies, Request, Response } from '../protocol/messages.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';

/** The bundle puts workers into a folder of the site; the development server serves them from the source tree. */
const root = new URL(import.meta.env.DEV ? '/' : '../', self.location.href).href;

const post = (response: Response): void => self.postMessage(response);
const studio = new Studio(root, (event) => post({ kind: 'event', event }));

clearRowFiles().catch(() => {});
// what a crash left can wait until the page stands
setTimeout(() => void studio.keeping.sweep().catch(() => {}), 10_000);

/** What is asked of a run as it is kept, without its weights. */
const WITHOUT_WEIGHTS: ReadonlySet<CommandKind> = new Set(['forget-run', 'place-run']);

async function perform(command: Command): Promise<Replies[CommandKind]> {
  if ('run' in command && !WITHOUT_WEIGHTS.has(command.kind)) await studio.recall(command.run);
  switch (command.kind) {
    case 'choose-backend':
      return studio.chooseBackend(command.choice);
    case 'open-files':
      return openFiles(studio, command.files, command.into);
    case 'peek':
      await peek(studio, command.files);
      return null;
    case 'open-sample':
      return openSample(studio, command.sample);
    case 'add-pictures':
      return addPictures(studio, command.pictures, command.label);
    case 'split':
      return studio.change((dataset) => dataset.resplit(command.split));
    case 'edit':
      return studio.change((dataset) => dataset.edit(command.edit));
    case 'undo':
      return studio.change((dataset) => dataset.undo());
    case 'redo':
      return studio.change((dataset) => dataset.redo());
    case 'thumbnails':
      return command.ids.map((id) => studio.openedImages().thumbnail(id));
    case 'picture':
      return studio.openedImages().blob(command.id);
    case 'texts':
      return command.ids.map((id) => studio.openedTexts().row(id, command.whole));
    case 'find-texts':
      return studio.openedTexts().find(command.query);
    case 'remap':
      return remap(studio, command);
    case 'text-fit':
      return textFit(studio, command.model, command.task);
    case 'augment-texts':
      return previewTexts(studio, command);
    case 'report':
      return report(studio, command.model);
    case 'check-labels':
      return checkLabels(studio, command.model);
    case 'augment':
      return previewAugmentation(studio, command);
    case 'advise-model':
      return adviseModels(studio, command.settings);
    case 'open-model':
      return studio.openModel(command.model);
    case 'open-probes':
      return openProbes(studio, command);
    case 'drop-probes':
      studio.own = undefined;
      return null;
    case 'forget-model':
      await studio.forgetModel(command.model);
      return null;
    case 'plan':
      return studio.plan(command.settings);
    case 'train':
      return startRun(studio, command.run, command.settings, command);
    case 'continue':
      return continueRun(studio, command.run, command);
    case 'control':
      steer(studio, command.run, command.control);
      return null;
    case 'profile':
      return profileRun(studio, command.run);
    case 'evaluate':
      return evaluateRun(studio, command.run);
    case 'evaluate-base':
      return evaluateBase(studio, command.run);
    case 'memorised':
      return memorised(studio, command.run);
    case 'saliency':
      return explain(studio, command.run, command.picture, command.label);
    case 'word-weights':
      return wordWeights(studio, command.run, command.tried, command.label);
    case 'predict-frame':
      return predictFrame(studio, command.run, command.frame);
    case 'predict':
      return compare(studio, command.run, command.tried);
    case 'generate':
      return generateText(studio, command);
    case 'stop-generating':
      await studio.streams.stop(command.stream);
      return null;
    case 'export':
      return exportRun(studio, command.run, command.history, command.title);
    case 'forget-run':
      await studio.forget(command.run);
      return null;
    case 'place-run':
      await studio.keeping.place(command.run, command.place);
      return null;
    case 'projects':
      return studio.keeping.list();
    case 'open-project':
      return studio.openProject(command.project);
    case 'delete-project':
      await studio.deleteProject(command.project);
      return null;
    case 'range-test':
      return rangeTest(studio, command.settings);
    case 'stop-range-test':
      stopRangeTest(studio);
      return null;
    case 'keep-draft':
      studio.keeping.keepDraft(command);
      return null;
    default:
      return command satisfies never;
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', severity: 'error', values: { message } };
}

self.onmessage = async ({ data: { id, command } }: MessageEvent<Request>) => {
  try {
    post({ kind: 'reply', id, value: await perform(command) });
  } catch (error) {
    post({ kind: 'failure', id, problem: problemOf(error) });
  }
};
