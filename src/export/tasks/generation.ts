import { count } from '../markdown.ts';
import type { TaskExport } from './task-export.ts';

export const generation: TaskExport = {
  pipeline: 'text-generation',
  library: 'transformers',
  example: { one: 'text', many: 'texts' },
  kind: () => 'model that writes',
  takes: ({ config }) => `It sees the last ${count(Number(config.n_positions))} tokens.`,
  program: 'write.py',
  run: 'python write.py "A question of your own?"',
  packages: ['torch', 'safetensors'],
  modules: () => [],
  network: () => ({
    name: 'AutoModelForCausalLM',
    imports: 'from transformers import AutoModelForCausalLM',
  }),
  snippet: (_recipe, model, method) => `\
import sys

import torch
${method.imports}from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModelForCausalLM.from_pretrained(".")
${method.apply}model.eval()

prompt = ${JSON.stringify(model.prompt || '{question}')}.replace("{question}", sys.argv[1])
end = tokenizer.eos_token_id
# the end of another text comes before a text
ids = torch.tensor([[end, *tokenizer(prompt, add_special_tokens=False)["input_ids"]]])
with torch.inference_mode():
    logits = model(ids).logits[0, -1]
    written = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=60, do_sample=False, pad_token_id=end
    )
answer = tokenizer.decode(written[0, ids.shape[1] :], skip_special_tokens=True)
print(answer.strip())
`,
  files: () => [['`tokenizer.json`, `tokenizer_config.json`', 'how a text becomes tokens']],
  limits: [
    'It writes what is likely after what it has read. Whether that is true, it does not know.',
    'It may repeat texts of its training data word by word, and with them what is private or wrong in them.',
  ],
};
