/** How Python makes the network: data of each architecture's `meta.ts`. */
export interface PythonRecipe {
  /** What `pip` installs beside `COMMON_PACKAGES`. */
  requires: readonly string[];
  /** Modules that go into the zip, because no package has them. */
  files: readonly string[];
  /** Import statements. */
  imports: string;
  /** An expression; it may use `config` (`config.json`) and `labels` (`labels.json`). */
  build: string;
}

/** What `preprocess.py` and the snippet import. */
const COMMON_PACKAGES = ['torch', 'safetensors', 'numpy', 'pillow>=10.1'] as const;

/** A line for a shell of any system. */
export const installLine = ({ requires }: PythonRecipe): string =>
  `pip install ${[...COMMON_PACKAGES, ...requires].map((name) => (/[<>]/.test(name) ? `"${name}"` : name)).join(' ')}`;

/** A whole program, to be run in the unzipped folder with the path of a picture. */
export const snippet = ({ imports, build }: PythonRecipe): string => `\
import json
import sys

import torch
from safetensors.torch import load_file

${imports}
from preprocess import preprocess

with open("config.json", encoding="utf-8") as file:
    config = json.load(file)
with open("labels.json", encoding="utf-8") as file:
    labels = json.load(file)

model = ${build}
model.load_state_dict(load_file("model.safetensors"), strict=True)
model.eval()

picture = preprocess(sys.argv[1], "preprocessor_config.json")  # [1, channels, height, width]
with torch.inference_mode():
    logits = model(picture)[0]
probabilities = logits.softmax(dim=0)
best = int(probabilities.argmax())
label, probability = labels[best], float(probabilities[best])
print(f"{label}: {probability:.1%}")
`;
