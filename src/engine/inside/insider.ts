import type { Learner } from '../../nn/learner.ts';
import { Observer } from '../../nn/observe.ts';
import { epochsBetweenLooks, type InsideLook, type MapShape } from '../../protocol/inside.ts';
import type { ExampleSource } from '../../tasks/engine.ts';
import type { Run } from '../runs.ts';
import type { Moment, Onlooker, Seen, Watcher } from '../watch.ts';
import { Embeddings, mapShape } from './embedding.ts';
import { WeightFigures } from './figures.ts';

/** What is looked at, and what was seen so far. */
type Looked = Pick<Run, 'settings' | 'plan' | 'model' | 'data' | 'inside' | 'map'>;

/** Undefined where the settings do not ask for it. */
export const insider = (run: Looked, learner: Learner, source: ExampleSource): Insider | undefined =>
  run.settings.inside && run.data ? new Insider(run, learner, source) : undefined;

/**
 * Looks inside a run's network at its validations. It reads what a run does anyway: one step of an epoch as it moves the
 * weights, the validation set on its way through the network, and the weights that the checkpoint takes.
 */
export class Insider implements Onlooker {
  readonly observer = new Observer();
  private readonly run: Looked;
  private readonly learner: Learner;
  private readonly source: ExampleSource;
  private readonly figures: WeightFigures;
  private readonly map: { shape: MapShape; embeddings: Embeddings } | undefined;
  private readonly every: number;
  /** The optimizer step that was measured last. */
  private measured = 0;

  constructor(run: Looked, learner: Learner, source: ExampleSource) {
    const { plan, model, settings } = run;
    this.run = run;
    this.learner = learner;
    this.source = source;
    const isDrawn = (name: string) => plan.start === 'scratch' || (plan.head.has(name) && !plan.keepsHead);
    this.figures = new WeightFigures(learner, (name) => model.file.has(name) && !isDrawn(name));
    this.every = epochsBetweenLooks(settings.epochs);
    // where an example is no row of a batch, no row of what the head reads is an example
    if (source.rows === false) return;
    const shape = mapShape(source, run.data!.ids.validation, settings.seed);
    this.map = { shape, embeddings: new Embeddings(shape) };
  }

  /** A validation that somebody asks for in mid-epoch is looked at too. */
  wants(epoch: number): boolean {
    return !Number.isInteger(epoch) || epoch % this.every === 0 || epoch === this.run.settings.epochs;
  }

  measures(step: number): void {
    this.measured = step;
  }

  before(ids: readonly number[]): void {
    const { length, ragged } = this.source;
    const rows = length && ragged && ids.map((id) => length(id));
    this.observer.begin(rows && { rows, padded: ragged!.padded(Math.max(...rows)) });
  }

  after(ids: readonly number[]): void {
    const found = this.observer.embedding();
    if (!found) return;
    if (this.map && found.rows === ids.length) this.map.embeddings.take(ids, found.width, found.values);
    // of a device that was lost meanwhile nobody asks any more
    else found.values.catch(() => {});
  }

  dispose(): void {
    this.observer.dispose();
  }

  readonly watcher: Watcher = async ({ run, step, epoch }: Moment): Promise<readonly Seen[]> => {
    if (!this.wants(epoch)) return [];
    const at = { run, step, epoch };
    const { inside, map } = this.run;
    const seen: Seen[] = [
      { kind: 'inside', ...(inside ? {} : { shape: this.figures.shape }), look: await this.insideLook(at) },
    ];
    const plane = await this.map?.embeddings.plane(map?.looks.at(-1));
    if (plane && this.map)
      seen.push({ kind: 'map', ...(map ? {} : { shape: this.map.shape }), look: { ...at, ...plane } });
    return seen;
  };

  private async insideLook(at: Pick<InsideLook, 'run' | 'step' | 'epoch'>): Promise<InsideLook> {
    const { learner, figures } = this;
    const silent = await this.observer.silent();
    // before the first step nothing has moved, and nothing need be read
    const now = at.step === 0 ? new Map<string, Float32Array>() : (await learner.read()).weights;
    const { weights, stages } = figures.figures(now, await learner.norms);
    const counts = figures.shape.stages.map((_, stage) => silent.get(stage) ?? { units: 0, silent: 0 });
    return {
      ...at,
      measured: this.measured,
      weights,
      stages: {
        ...stages,
        dead: Float32Array.from(counts, ({ units, silent }) => silent / units),
        units: Int32Array.from(counts, ({ units }) => units),
      },
    };
  }
}
