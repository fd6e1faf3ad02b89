import type { PreprocessorConfig } from '../../protocol/model.ts';
import { count } from '../markdown.ts';
import type { TaskExport } from './task-export.ts';

export const pictures: TaskExport = {
  pipeline: 'image-classification',
  library: 'pytorch',
  example: { one: 'picture', many: 'pictures' },
  kind: ({ labels }) => `picture classifier with ${count(labels.length)} classes`,
  takes({ processorFiles }) {
    const { size, channels } = JSON.parse(processorFiles['preprocessor_config.json']!) as PreprocessorConfig;
    const colours = channels === 1 ? 'grey' : 'RGB';
    return `It takes ${colours} pictures of ${size.width} × ${size.height} pixels; \`preprocess.py\` makes them of any picture file.`;
  },
  program: 'classify.py',
  run: 'python classify.py picture.jpg',
  packages: ['torch', 'safetensors', 'numpy', 'pillow>=10.1'],
  modules: () => ['preprocess.py'],
  network: () => undefined,
  snippet: ({ imports, build }, _model, method) => `\
import json
import sys

import torch
from safetensors.torch import load_file

${imports}
${method.imports}from preprocess import preprocess

with open("config.json", encoding="utf-8") as file:
    config = json.load(file)
with open("labels.json", encoding="utf-8") as file:
    labels = json.load(file)

model = ${build}
model.load_state_dict(load_file("model.safetensors"), strict=True)
${method.apply}model.eval()

picture = preprocess(sys.argv[1], "preprocessor_config.json")  # [1, channels, height, width]
with torch.inference_mode():
    logits = model(picture)[0]
probabilities = logits.softmax(dim=0)
best = int(probabilities.argmax())
label, probability = labels[best], float(probabilities[best])
print(f"{label}: {probability:.1%}")
`,
  files: () => [['`preprocessor_config.json`, `preprocess.py`', 'what is done to a picture first']],
  limits: [
    'It gives every picture one of its classes, also a picture of something else. A high probability is not knowledge.',
  ],
};
