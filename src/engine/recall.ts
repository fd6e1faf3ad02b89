import type { AnyOpened } from '../data/open.ts';
import type { RunMark } from '../protocol/control.ts';
import { looksUpTo } from '../protocol/inside.ts';
import { marksUpTo, matrixUpTo } from '../protocol/marks.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import type { KeptRun } from '../protocol/project.ts';
import { isOver, type RunMatrix, type RunStatus, type StepMetrics } from '../protocol/run.ts';
import type { Project } from '../storage/project.ts';
import type { CheckpointRecord, RunRecord } from '../storage/records.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Control } from './control.ts';
import type { LoadedModel } from './model.ts';
import { planRun } from './plan.ts';
import { withRoom } from './room.ts';
import { keep, type Run } from './runs.ts';

/** What the page is told of a run that was kept. One that was cut off stands where its last checkpoint is. */
export function keptRun(record: RunRecord, points: readonly StepMetrics[]): KeptRun {
  const { id, place, modelName, datasetName, classes, settings, imported, last, best, incomplete } = record;
  const status = statusOf(record);
  return {
    id,
    ...place,
    modelName,
    datasetName,
    classes,
    settings,
    imported,
    status,
    samples: record.samples ?? [],
    ...keptLooks(record),
    matrix: keptMatrix(record),
    marks: keptMarks(record),
    points: isOver(record.status.phase) ? points : points.filter(({ step }) => last && step <= last.step),
    hasWeights: imported || (!incomplete && (last ?? best) !== undefined),
  };
}

/** Of a run that was cut off, those up to its last checkpoint; of checkpoints, those that are on the disk. */
function keptMarks({ status, marks = [], last, checkpoints = [] }: RunRecord): readonly RunMark[] {
  const standing = isOver(status.phase) ? marks : marksUpTo(marks, last?.step ?? -1);
  const kept = new Set(checkpoints.map(({ step }) => step));
  return standing.filter(({ kind, step }) => kind !== 'checkpoint' || kept.has(step));
}

/** What was seen inside it; of a run that was cut off, up to its last checkpoint. */
function keptLooks({ status, inside, map, last }: RunRecord): Pick<KeptRun, 'inside' | 'map'> {
  const step = isOver(status.phase) ? Number.POSITIVE_INFINITY : (last?.step ?? -1);
  return {
    ...(inside ? { inside: looksUpTo(inside, step) } : {}),
    ...(map ? { map: looksUpTo(map, step) } : {}),
  };
}

const keptMatrix = ({ status, matrix, last }: RunRecord): RunMatrix | undefined =>
  isOver(status.phase) ? matrix : matrixUpTo(matrix, last?.step ?? -1);

/** A run that went on when the page was closed is lost; it has come as far as its last checkpoint. */
function statusOf({ status, settings, last, best }: RunRecord): RunStatus {
  if (isOver(status.phase)) return status;
  const { best: _, ...rest } = status;
  const epoch = last?.epoch ?? 0;
  const { monitor } = settings.earlyStopping;
  const problem: Problem = { code: 'reloaded', severity: 'warning', values: { epoch } };
  return {
    ...rest,
    phase: 'lost',
    finish: 'lost',
    problem,
    epoch,
    step: last?.step ?? 0,
    wait: last?.stopping.wait ?? 0,
    secondsLeft: 0,
    ...(best ? { best: { epoch: best.epoch, step: best.step, monitor, value: best.stopping.best ?? Number.NaN } } : {}),
  };
}

/**
 * A kept run with its checkpoints and the data as it saw it, as if it had just ended. Throws `project-incomplete`,
 * `model-hash` where the site has another model by now, `model-damaged`.
 */
export async function recallRun(project: Project, id: string, dataset: AnyOpened, model: LoadedModel): Promise<Run> {
  const record = await project.run(id);
  if (!record) throw new ProblemError('no-run');
  if (record.incomplete) throw new ProblemError('project-incomplete', record.incomplete);
  if (record.sha256 !== model.origin.sha256) throw new ProblemError('model-hash', { file: model.summary.name });
  const snapshot = await project.snapshot(id);
  const { settings, classes, device, last, best } = record;
  const kept = last && (await checkpoint(project, last));
  const plan = planRun(model, classes, settings);
  const run: Run = {
    id,
    settings,
    samples: record.samples ?? [],
    ...keptLooks(record),
    matrix: keptMatrix(record),
    marks: keptMarks(record),
    model: withRoom(model, plan.method),
    plan,
    classes,
    data: snapshot && { dataset: dataset.viewAs(snapshot), ids: idsOf(snapshot.ids) },
    control: new Control(),
    status: statusOf(record),
    last: kept,
    best: best && (best.file === last?.file ? kept : await checkpoint(project, best)),
    asked: (record.checkpoints ?? []).map(({ file, bytes: _, ...rest }) => ({
      ...rest,
      load: () => project.readTensors(file),
    })),
    kept: undefined,
    device,
  };
  if (run.status.finish !== 'stop-discard') keep(run);
  return run;
}

async function checkpoint(project: Project, { file, bytes: _, ...rest }: CheckpointRecord): Promise<Checkpoint> {
  return { ...rest, state: await project.readTensors(file) };
}

const idsOf = ({ train, validation, test }: Record<'train' | 'validation' | 'test', Int32Array>) => ({
  train: [...train],
  validation: [...validation],
  test: [...test],
});
