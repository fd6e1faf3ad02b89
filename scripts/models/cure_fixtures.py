"""Writes src/nn/fixtures/cures.json: what cures of forgetting add to a loss, by PyTorch in float64.

    python scripts/models/cure_fixtures.py
"""

import math

import torch
from torch.nn.functional import cross_entropy, kl_div, log_softmax

import common

TARGET = common.SOURCES / 'nn' / 'fixtures' / 'cures.json'
STRENGTH = 3.0
SHAPES = {'hidden.weight': [3, 5], 'hidden.bias': [5], 'classifier.weight': [5, 4], 'classifier.bias': [4]}
EXAMPLES = 6
SEED = 11


def sequence(shape, f):
    """float64 tensor whose row-major i-th entry is f(i)."""
    return torch.tensor([f(i) for i in range(math.prod(shape))], dtype=torch.float64).reshape(shape)


def rounded(tensor):
    return [float(value) for value in tensor.detach().flatten()]


def weights(place, phase):
    """As memory has them, [in, out]."""
    return sequence(list(SHAPES.values())[place], lambda i: 0.8 * math.sin(0.9 * i + place + phase))


def pull_back():
    moved = [weights(i, 0.3).requires_grad_() for i in range(len(SHAPES))]
    anchors = [weights(i, 0.0) for i in range(len(SHAPES))]
    importance = [sequence(list(SHAPES.values())[i], lambda k: (k % 3) / 2 + 0.1 * i) for i in range(len(SHAPES))]
    result = {}
    for name, scale in (('l2sp', [torch.ones_like(a) for a in anchors]), ('ewc', importance)):
        loss = STRENGTH / 2 * sum((f * (w - a) ** 2).sum() for f, w, a in zip(scale, moved, anchors))
        gradients = torch.autograd.grad(loss, moved)
        result[name] = {'loss': loss.item(), 'gradients': [rounded(g) for g in gradients]}
    return result


def distillation():
    """Hinton's soft targets at temperature 2, without the factor T ** 2, as Li and Hoiem have them."""
    rows, width = 5, 4
    logits = sequence([rows, width], lambda i: 2 * math.sin(1.3 * i)).requires_grad_()
    before = sequence([rows, width], lambda i: 2 * math.cos(0.7 * i))
    each = kl_div(log_softmax(logits / 2, 1), log_softmax(before / 2, 1), reduction='none', log_target=True).sum(1)
    counted = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0], dtype=torch.float64)
    result = {}
    for name, loss in (('all', each.mean()), ('counted', (each * counted).sum() / counted.sum())):
        (gradient,) = torch.autograd.grad(loss, logits, retain_graph=True)
        result[name] = {'loss': loss.item(), 'gradient': rounded(gradient)}
    return result


def fnv(text):
    """`hash` of src/lib/random.ts."""
    h = 0x811C9DC5
    for character in text:
        h = ((h ^ ord(character)) * 0x01000193) & 0xFFFFFFFF
    return h


def first_uniform(seed):
    """The first number of `uniform` of src/lib/random.ts: mulberry32."""
    mask = 0xFFFFFFFF
    a = (seed + 0x6D2B79F5) & mask
    t = ((a ^ (a >> 15)) * (a | 1)) & mask
    t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & mask)) & mask
    return ((t ^ (t >> 14)) & mask) / 4294967296


def drawn(probabilities, place):
    left = first_uniform(fnv(f'{SEED}/{place}/fisher'))
    for k, probability in enumerate(probabilities[:-1]):
        left -= probability.item()
        if left < 0:
            return k
    return len(probabilities) - 1


def fisher():
    """Mean over examples of the squared gradient of log p(y|x), y drawn from the network's own answers."""
    w = [weights(i, 0.0).requires_grad_() for i in range(len(SHAPES))]
    x = sequence([EXAMPLES, 3], lambda i: math.sin(1.7 * i) + 0.2)
    sums, labels = [torch.zeros_like(one) for one in w], []
    for place in range(EXAMPLES):
        logits = torch.relu(x[place : place + 1] @ w[0] + w[1]) @ w[2] + w[3]
        labels.append(drawn(torch.softmax(logits, 1)[0], place))
        gradients = torch.autograd.grad(cross_entropy(logits, torch.tensor(labels[-1:])), w)
        sums = [total + g**2 for total, g in zip(sums, gradients)]
    return {'labels': labels, 'diagonal': [rounded(total / EXAMPLES) for total in sums]}


def main():
    value = {'strength': STRENGTH, 'seed': SEED, **pull_back(), 'lwf': distillation(), 'fisher': fisher()}
    common.write_text(TARGET, common.compact(value) + '\n')
    print(TARGET.name, value['fisher']['labels'])


if __name__ == '__main__':
    main()
