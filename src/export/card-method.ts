import type { RunMark } from '../protocol/control.ts';
import { code, count, number, plain, span } from './markdown.ts';
import type { PythonRecipe } from './python.ts';
import { TASK_EXPORTS } from './tasks/index.ts';
import type { TunedModel } from './tuned-model.ts';

/** Rows of the card's table of files, for those that come of the method. */
export function methodFileRows({ method }: PythonRecipe, { applied, peft }: TunedModel): [string, string][] {
  const rows: [string, string][] = [];
  if (applied)
    rows.push([
      '`method.json`, `method.safetensors`',
      `what the method added beside them (${plain(applied.method.id)})`,
    ]);
  if (method) rows.push(...method.files.map((name): [string, string] => [span(name), 'puts that on the network']));
  if (peft) rows.push(['`adapter/`', 'the method as an adapter of `peft`']);
  return rows;
}

/** The method as an adapter of `peft`, for those who have the model that it was learned on. */
export function peftSection(model: TunedModel): string[] {
  const { peft, applied, base, task } = model;
  const network = TASK_EXPORTS[task].network(model);
  if (!peft || applied || !network) return [];
  const { name, imports } = network;
  const count = model.labels.length;
  const labels = count > 0 ? `, num_labels=${count}${name.startsWith('Auto') ? '' : ', strict=False'}` : '';
  return [
    `## The method alone, with peft

\`adapter/\` holds what was learned beside the model ${span(base.id)}, which did not change. On that model, in a folder \
\`base\`, it gives the same answers as \`model.safetensors\`:

${code(
  'python',
  `from peft import PeftModel
${imports}

model = PeftModel.from_pretrained(${name}.from_pretrained("base"${labels}), "adapter")
model.eval()`,
)}`,
  ];
}

/** What was changed while it ran. */
export function marksText({ marks = [] }: TunedModel): string {
  const changes = marks.filter(({ kind }) => kind !== 'checkpoint');
  if (changes.length === 0) return '';
  const told = changes.map((mark) => `at step ${count(mark.step)} ${markText(mark)}`);
  const changed = changes.some(({ kind }) => kind !== 'stopping');
  return `\n\n${changed ? 'These settings are those that it began with. ' : ''}While it ran: ${told.join('; ')}.`;
}

function markText(mark: RunMark): string {
  switch (mark.kind) {
    case 'change': {
      const { learningRate, weightDecay, patience, stages } = mark.change;
      const parts = [
        learningRate !== undefined && `the learning rate became ${number(learningRate)}`,
        weightDecay !== undefined && `the weight decay became ${number(weightDecay)}`,
        patience !== undefined && `the patience became ${count(patience)}`,
        stages && `these parts moved from then on: ${stages.map(span).join(', ')}`,
      ];
      return parts.filter(Boolean).join(', ');
    }
    case 'return':
      return `it went back to the weights of step ${count(mark.to)}`;
    case 'branch':
      return 'it began with a checkpoint of another run';
    case 'stopping':
      return `early stopping would have ended it, and gone back to the weights of step ${count(mark.best)}`;
    case 'checkpoint':
      return 'a checkpoint was kept';
    default:
      return mark satisfies never;
  }
}
