"""Writes src/nn/fixtures/optimizers.json and losses.json: PyTorch's numbers, computed in float64.

    python scripts/models/optimizer_fixtures.py
"""

import math

import torch
from torch.nn.functional import cross_entropy

import common

TARGET = common.SOURCES / 'nn' / 'fixtures'
SHAPES = ([3], [5, 7], [3, 2, 2, 4])
STEPS = (1, 10, 50)
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.01
MOMENTUM = 0.9
MAX_NORM = 0.5
L2 = 0.02
MUON_MOMENTUM = 0.95
JOINS = 11
STOPS = 30


def sequence(shape, f):
    """float64 tensor whose row-major i-th entry is f(i)."""
    return torch.tensor([f(i) for i in range(math.prod(shape))], dtype=torch.float64).reshape(shape)


def start(tensor):
    return sequence(SHAPES[tensor], lambda i: 0.5 * math.cos(0.3 * i + tensor))


def gradient(step, tensor):
    return sequence(SHAPES[tensor], lambda i: math.sin(0.1 * step + 0.7 * i + tensor))


def adamw(parameters):
    return torch.optim.AdamW(
        parameters, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8, weight_decay=WEIGHT_DECAY
    )


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=LEARNING_RATE, momentum=MOMENTUM)


def sgd_l2(parameters):
    return torch.optim.SGD(parameters, lr=LEARNING_RATE, momentum=MOMENTUM, weight_decay=L2)


def adam_l2(parameters):
    """With L2 in the gradient, which is what its `weight_decay` is."""
    return torch.optim.Adam(parameters, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8, weight_decay=L2)


def rmsprop(momentum):
    return lambda parameters: torch.optim.RMSprop(
        parameters, lr=LEARNING_RATE, alpha=0.99, eps=1e-8, momentum=momentum
    )


class Reference:
    """An optimizer written from its paper: `rule(parameter, gradient, state)` moves a parameter, after decoupled decay."""

    def __init__(self, parameters):
        self.parameters = list(parameters)
        self.states = [{} for _ in self.parameters]

    def step(self):
        with torch.no_grad():
            for parameter, state in zip(self.parameters, self.states):
                parameter.mul_(1 - LEARNING_RATE * WEIGHT_DECAY)
                self.rule(parameter, parameter.grad, state)


class Lion(Reference):
    """Chen et al. 2023, algorithm 2: beta1 0.9, beta2 0.99."""

    def rule(self, parameter, gradient, state):
        mean = state.get('mean', torch.zeros_like(parameter))
        parameter.sub_(LEARNING_RATE * torch.sign(0.9 * mean + 0.1 * gradient))
        state['mean'] = 0.99 * mean + 0.01 * gradient


def orthogonal(matrix):
    """Five steps of the quintic Newton-Schulz iteration (Jordan 2024)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = wide / (wide.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x if matrix.shape[0] <= matrix.shape[1] else x.T


class Muon(Reference):
    """
    Jordan 2024 with Nesterov momentum; the update is scaled by 0.2 sqrt(max(rows, columns)) to the size of AdamW's (Liu et
    al. 2025, equation 4), so that what is no matrix moves by AdamW at the same learning rate. A convolution kernel
    [h, w, in, out] is a matrix [h * w * in, out].
    """

    def rule(self, parameter, gradient, state):
        if parameter.dim() < 2:
            return self.adam(parameter, gradient, state)
        buffer = MUON_MOMENTUM * state.get('buffer', torch.zeros_like(parameter)) + (1 - MUON_MOMENTUM) * gradient
        state['buffer'] = buffer
        ahead = (1 - MUON_MOMENTUM) * gradient + MUON_MOMENTUM * buffer
        matrix = ahead.reshape(-1, ahead.shape[-1])
        update = orthogonal(matrix) * 0.2 * math.sqrt(max(matrix.shape))
        parameter.sub_(LEARNING_RATE * update.reshape(parameter.shape))

    def adam(self, parameter, gradient, state):
        state['t'] = state.get('t', 0) + 1
        state['m'] = 0.9 * state.get('m', torch.zeros_like(parameter)) + 0.1 * gradient
        state['v'] = 0.999 * state.get('v', torch.zeros_like(parameter)) + 0.001 * gradient**2
        mean = state['m'] / (1 - 0.9 ** state['t'])
        square = state['v'] / (1 - 0.999 ** state['t'])
        parameter.sub_(LEARNING_RATE * mean / (square.sqrt() + 1e-8))


def joined():
    """AdamW over the steps of which the second tensor joins before step `JOINS` and the first stops after step `STOPS`."""
    parameters = [torch.nn.Parameter(start(t)) for t in range(len(SHAPES))]
    optimizer = adamw(parameters[:1])
    after = {}
    for step in range(1, max(STEPS) + 1):
        if step == JOINS:
            optimizer.add_param_group({'params': parameters[1:]})
        parameters[0].grad = gradient(step, 0) if step <= STOPS else None
        for tensor, parameter in enumerate(parameters[1:], start=1):
            parameter.grad = gradient(step, tensor) if step >= JOINS else None
        optimizer.step()
        if step in STEPS:
            after[str(step)] = [p.detach().flatten().tolist() for p in parameters]
    return after


def trajectory(optimizer, max_norm=None, decoupled=0.0):
    """Parameters after the steps of `STEPS`: {step: [flat values of each tensor]}."""
    parameters = [torch.nn.Parameter(start(t)) for t in range(len(SHAPES))]
    step_of = optimizer(parameters)
    after = {}
    for step in range(1, max(STEPS) + 1):
        for tensor, parameter in enumerate(parameters):
            parameter.grad = gradient(step, tensor)
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        with torch.no_grad():
            for parameter in parameters:
                parameter.mul_(1 - LEARNING_RATE * decoupled)
        step_of.step()
        if step in STEPS:
            after[str(step)] = [p.detach().flatten().tolist() for p in parameters]
    return after


def write_optimizers():
    decay = {'learningRate': LEARNING_RATE, 'weightDecay': WEIGHT_DECAY}
    adam = {**decay, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8}
    cases = {
        'adamw': (adam, trajectory(adamw)),
        'adamwClipped': ({**adam, 'maxNorm': MAX_NORM}, trajectory(adamw, max_norm=MAX_NORM)),
        'sgdMomentum': (
            {'learningRate': LEARNING_RATE, 'momentum': MOMENTUM, 'weightDecay': 0},
            trajectory(sgd),
        ),
        'sgdMomentumClipped': (
            {'learningRate': LEARNING_RATE, 'momentum': MOMENTUM, 'weightDecay': 0, 'maxNorm': MAX_NORM},
            trajectory(sgd, max_norm=MAX_NORM),
        ),
        'adamL2': ({'learningRate': LEARNING_RATE, 'l2': L2}, trajectory(adam_l2)),
        'rmsprop': ({'learningRate': LEARNING_RATE}, trajectory(rmsprop(0))),
        'rmspropMomentum': ({'learningRate': LEARNING_RATE, 'momentum': MOMENTUM}, trajectory(rmsprop(MOMENTUM))),
        'lion': (decay, trajectory(Lion)),
        'muon': ({**decay, 'momentum': MUON_MOMENTUM}, trajectory(Muon)),
        'sgdL2': ({'learningRate': LEARNING_RATE, 'momentum': MOMENTUM, 'l2': L2}, trajectory(sgd_l2)),
        'sgdMomentumDecay': ({**decay, 'momentum': MOMENTUM}, trajectory(sgd, decoupled=WEIGHT_DECAY)),
    }
    lines = [
        '{',
        '  "about": "PyTorch 2.13 in float64. Steps count from 1, i is the row-major index, tensors count from 0; values '
        'are flat. AdamW is torch.optim.AdamW. SGD is torch.optim.SGD: buffer = momentum * buffer + gradient, parameter -= '
        'learningRate * buffer, and the first buffer is the first gradient. In sgdMomentumDecay the decay is decoupled: '
        'before each step parameter -= learningRate * weightDecay * parameter. l2 is the weight_decay of torch.optim.Adam and '
        'SGD; Lion and Muon are float64 references written from their papers, with decoupled decay; decay is on every '
        'tensor. In joined, of AdamW, the second tensor begins to move at step joins, and the first stops after step stops; '
        'the third goes with the second. Where maxNorm is given, torch.nn.utils.'
        'clip_grad_norm_ scales all gradients by min(1, maxNorm / (norm + 1e-6)), norm over all tensors together.",',
        f'  "shapes": {common.compact(SHAPES)},',
        '  "start": "0.5 * cos(0.3 * i + tensor)",',
        '  "gradient": "sin(0.1 * step + 0.7 * i + tensor)",',
        '  "cases": {',
    ]
    blocks = []
    for name, (options, after) in cases.items():
        steps = ',\n'.join(f'        "{step}": {common.compact(values)}' for step, values in after.items())
        blocks.append(f'    "{name}": {{\n      "options": {common.compact(options)},\n      "after": {{\n{steps}\n      }}\n    }}')
    joins = {'joins': JOINS, 'stops': STOPS, 'options': adam, 'after': joined()}
    lines += [',\n'.join(blocks), '  },', f'  "joined": {common.compact(joins)}', '}', '']
    common.write_text(TARGET / 'optimizers.json', '\n'.join(lines))


def write_losses():
    labels = [0, 3, 4, 1]
    weights = [0.5, 1.0, 2.0, 1.5, 0.25]
    values = sequence([4, 5], lambda i: 3 * math.sin(1.3 * i + 0.4))
    cases = []
    for weight in (None, weights):
        for smoothing in (0.0, 0.1):
            logits = values.clone().requires_grad_()
            class_weights = None if weight is None else torch.tensor(weight, dtype=torch.float64)
            loss = cross_entropy(logits, torch.tensor(labels), weight=class_weights, label_smoothing=smoothing)
            loss.backward()
            cases.append({
                'classWeights': weight,
                'labelSmoothing': smoothing,
                'loss': float(loss.detach()),
                'gradient': logits.grad.tolist(),
            })
    fixture = {
        'about': 'torch.nn.functional.cross_entropy of PyTorch 2.13 in float64. The smoothed target is (1 - labelSmoothing) '
        'at the label plus labelSmoothing / classes everywhere. With class weights w each term -target[c] * log p[c] is '
        'multiplied by w[c], and the mean divides by the sum of w[label] over the batch, not by the batch size; with '
        'smoothing too.',
        'logits': values.tolist(),
        'labels': labels,
        'cases': cases,
    }
    common.write_json(TARGET / 'losses.json', fixture)


def check_losses():
    """The formula that `losses.json` states, against what PyTorch computed."""
    fixture = common.read_json(TARGET / 'losses.json')
    log_p = torch.tensor(fixture['logits'], dtype=torch.float64).log_softmax(1)
    labels = torch.tensor(fixture['labels'])
    for case in fixture['cases']:
        weight = torch.tensor(case['classWeights'] or [1.0] * 5, dtype=torch.float64)
        smoothing = case['labelSmoothing']
        target = torch.full_like(log_p, smoothing / 5) + (1 - smoothing) * torch.eye(5, dtype=torch.float64)[labels]
        loss = -(target * weight * log_p).sum() / weight[labels].sum()
        assert abs(float(loss) - case['loss']) < 1e-12, case


def main():
    write_optimizers()
    write_losses()
    check_losses()
    print('optimizers.json, losses.json written')


if __name__ == '__main__':
    main()
