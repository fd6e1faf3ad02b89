"""Writes src/lib/fixtures/schedules.json: learning rates of every step by PyTorch's and transformers' schedulers.

    python scripts/models/schedule_fixtures.py
"""

import torch
from torch.optim import lr_scheduler
from transformers import get_inverse_sqrt_schedule

import common

TARGET = common.SOURCES / 'lib' / 'fixtures'
PEAK = 0.1
STEPS_PER_EPOCH = 6
EPOCHS = 8
TOTAL = STEPS_PER_EPOCH * EPOCHS
CYCLES = 3
POWER = 2.5
GAMMA = 0.6
STEP_EPOCHS = 2
PATIENCE = 1
# of eight epochs: falls, stays within the threshold, rises, is no number, falls again
VALUES = [1.0, 0.7, 0.69995, 0.8, 0.75, float('nan'), 0.5, 0.6]


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)


def rates(make, warmup=0):
    """Learning rate of every step; the scheduler begins after a linear warm-up from PEAK / warmup."""
    moved = optimizer()
    scheduler = make(moved)
    if warmup:
        moved = optimizer()
        rise = lr_scheduler.LinearLR(moved, start_factor=1 / warmup, total_iters=warmup - 1)
        scheduler = lr_scheduler.SequentialLR(moved, [rise, make(moved)], milestones=[warmup])
    after = []
    for _ in range(TOTAL):
        after.append(moved.param_groups[0]['lr'])
        moved.step()
        scheduler.step()
    return after


def schedulers(rest):
    return {
        'constant': lambda o: lr_scheduler.ConstantLR(o, factor=1),
        'linear': lambda o: lr_scheduler.LinearLR(o, start_factor=1, end_factor=0, total_iters=rest),
        'cosine': lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=rest),
        'cosine-restarts': lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=rest // CYCLES),
        'polynomial': lambda o: lr_scheduler.PolynomialLR(o, total_iters=rest, power=POWER),
        'step': lambda o: lr_scheduler.StepLR(o, step_size=STEP_EPOCHS * STEPS_PER_EPOCH, gamma=GAMMA),
        'exponential': lambda o: lr_scheduler.ExponentialLR(o, gamma=GAMMA ** (1 / STEPS_PER_EPOCH)),
    }


def one_cycle(warmup):
    share = {'pct_start': warmup / TOTAL} if warmup else {}
    return rates(lambda o: lr_scheduler.OneCycleLR(o, max_lr=PEAK, total_steps=TOTAL, **share))


def inverse_sqrt(warmup):
    """transformers' warm-up begins at 0, ours at PEAK / warmup: only what follows it is compared."""
    timescale = warmup or STEPS_PER_EPOCH
    moved = optimizer()
    scheduler = get_inverse_sqrt_schedule(moved, warmup, timescale=timescale)
    after = []
    for step in range(TOTAL):
        after.append(moved.param_groups[0]['lr'] if step >= warmup else PEAK * (step + 1) / warmup)
        moved.step()
        scheduler.step()
    return after


def plateau(mode):
    moved = optimizer()
    scheduler = lr_scheduler.ReduceLROnPlateau(moved, mode=mode, factor=GAMMA, patience=PATIENCE)
    after = []
    for epoch in range(EPOCHS):
        after += [moved.param_groups[0]['lr']] * STEPS_PER_EPOCH
        moved.step()
        scheduler.step(VALUES[epoch])
    return after


def main():
    cases = []
    for warmup in (0, 6):
        rest = TOTAL - warmup
        for schedule, make in schedulers(rest).items():
            cases.append({'schedule': schedule, 'warmupSteps': warmup, 'rates': rates(make, warmup)})
        cases.append({'schedule': 'inverse-sqrt', 'warmupSteps': warmup, 'rates': inverse_sqrt(warmup)})
    for warmup in (0, 12):
        cases.append({'schedule': 'one-cycle', 'warmupSteps': warmup, 'rates': one_cycle(warmup)})
    settings = {
        'peak': PEAK,
        'stepsPerEpoch': STEPS_PER_EPOCH,
        'totalSteps': TOTAL,
        'cycles': CYCLES,
        'power': POWER,
        'gamma': GAMMA,
        'stepEpochs': STEP_EPOCHS,
        'plateauPatience': PATIENCE,
    }
    values = [None if value != value else value for value in VALUES]
    watched = {mode: plateau(mode) for mode in ('min', 'max')}
    lines = [
        '{',
        '  "about": "Learning rates of every step by PyTorch 2.13; inverse-sqrt is that of transformers. Of plateau: '
        'one value an epoch, null is no number.",',
        f'  "settings": {common.compact(settings)},',
        '  "cases": [',
        ',\n'.join(f'    {common.compact(case)}' for case in cases),
        '  ],',
        f'  "plateau": {common.compact({"values": values, **watched})}',
        '}',
        '',
    ]
    common.write_text(TARGET / 'schedules.json', '\n'.join(lines))
    print('schedules.json written')


if __name__ == '__main__':
    main()
