import { count } from '../markdown.ts';
import type { TunedModel } from '../tuned-model.ts';
import type { TaskExport } from './task-export.ts';

const isPooled = ({ config }: TunedModel): boolean => config.classifier_pooling !== 'cls';
const longest = ({ settings }: TunedModel): number => Number(settings.task.maxLength) || 128;

export const texts: TaskExport = {
  pipeline: 'text-classification',
  library: 'transformers',
  example: { one: 'text', many: 'texts' },
  kind: ({ labels }) => `text classifier with ${count(labels.length)} classes`,
  takes: (model) => `It reads the first ${count(longest(model))} tokens of a text.`,
  program: 'classify.py',
  run: 'python classify.py "A text of your own."',
  packages: ['torch', 'safetensors'],
  modules: (model) => (isPooled(model) ? ['mean_pooled.py'] : []),
  network: (model) =>
    isPooled(model)
      ? { name: 'MeanPooledClassifier', imports: 'from mean_pooled import MeanPooledClassifier' }
      : {
          name: 'AutoModelForSequenceClassification',
          imports: 'from transformers import AutoModelForSequenceClassification',
        },
  // `transformers` knows a head on the first token alone; the mean of all comes with the folder
  snippet: (_recipe, model, method) => `\
import sys

import torch
${method.imports}from transformers import ${isPooled(model) ? 'AutoTokenizer' : 'AutoModelForSequenceClassification, AutoTokenizer'}
${isPooled(model) ? '\nfrom mean_pooled import MeanPooledClassifier\n' : ''}
tokenizer = AutoTokenizer.from_pretrained(".")
model = ${isPooled(model) ? 'MeanPooledClassifier' : 'AutoModelForSequenceClassification'}.from_pretrained(".")
${method.apply}model.eval()

inputs = tokenizer(*sys.argv[1:3], truncation=True, max_length=${longest(model)}, return_tensors="pt")
with torch.inference_mode():
    logits = model(**inputs).logits[0]
probabilities = logits.softmax(dim=0)
best = int(probabilities.argmax())
label, probability = model.config.id2label[best], float(probabilities[best])
print(f"{label}: {probability:.1%}")
`,
  files: (model) => [
    ['`tokenizer.json`, `tokenizer_config.json`', 'how a text becomes tokens'],
    ...(isPooled(model)
      ? ([['`mean_pooled.py`', 'the network with the mean of its tokens before the head']] as const)
      : []),
  ],
  limits: [
    'It gives every text one of its classes, also a text about something else. A high probability is not knowledge.',
    'In a language or a style that the base model has not read it knows little, whatever the probability.',
  ],
};
