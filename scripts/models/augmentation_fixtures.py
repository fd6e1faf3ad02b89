"""Writes src/nn/fixtures/augmentation.json: what PyTorch makes of pictures that are moved and coloured, in float64.

    python scripts/models/augmentation_fixtures.py

Moves are sampled by `grid_sample` (bilinear, padding by reflection), with the map from a pixel of the result to a place in
the picture built here step by step; flips and quarter turns must equal `torch.flip` and `torch.rot90`. Colours follow
torchvision's `adjust_brightness`, `adjust_contrast` and `adjust_saturation`, clamped to 0..1 once at the end.
"""

import math

import torch
from torch.nn.functional import grid_sample

import common

TARGET = common.SOURCES / 'nn' / 'fixtures'
LUMA = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)

SHAPES = ([3, 7, 5, 3], [2, 6, 9, 1], [1, 4, 4, 3], [1, 1, 6, 1])  # B, H, W, C
MOVES = (
    {'flipHorizontal': True, 'flipVertical': False, 'angle': 0.0, 'crop': [0, 0, 1, 1]},
    {'flipHorizontal': False, 'flipVertical': True, 'angle': 0.0, 'crop': [0, 0, 1, 1]},
    {'flipHorizontal': False, 'flipVertical': False, 'angle': 90.0, 'crop': [0, 0, 1, 1]},
    {'flipHorizontal': False, 'flipVertical': False, 'angle': -33.0, 'crop': [0, 0, 1, 1]},
    {'flipHorizontal': False, 'flipVertical': False, 'angle': 0.0, 'crop': [0.3, 0.1, 0.55, 0.7]},
    {'flipHorizontal': True, 'flipVertical': True, 'angle': 170.0, 'crop': [0.05, 0.4, 0.9, 0.5]},
)
COLOURS = (
    {'brightness': 1.3, 'contrast': 1.0, 'saturation': 1.0},
    {'brightness': 1.0, 'contrast': 0.4, 'saturation': 1.0},
    {'brightness': 1.0, 'contrast': 1.0, 'saturation': 1.7},
    {'brightness': 0.7, 'contrast': 1.8, 'saturation': 0.2},
)
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def pictures(shape):
    """float64 [B, H, W, C] of 0..1, exact in float32."""
    generator = torch.Generator().manual_seed(math.prod(shape))
    return (torch.randint(0, 256, shape, generator=generator) / 255).float().double()


def moved(picture, move):
    """[H, W, C]: cut out and enlarged, then turned counterclockwise about the middle, then flipped."""
    height, width, _ = picture.shape
    y, x = torch.meshgrid(
        torch.arange(height, dtype=torch.float64) + 0.5, torch.arange(width, dtype=torch.float64) + 0.5, indexing='ij'
    )
    if move['flipHorizontal']:
        x = width - x
    if move['flipVertical']:
        y = height - y
    turn = math.radians(move['angle'])
    x, y = x - width / 2, y - height / 2
    x, y = math.cos(turn) * x - math.sin(turn) * y, math.sin(turn) * x + math.cos(turn) * y
    left, top, across, down = move['crop']
    x = left + (x / width + 0.5) * across
    y = top + (y / height + 0.5) * down
    grid = torch.stack([2 * x - 1, 2 * y - 1], dim=-1)[None]
    planes = picture.permute(2, 0, 1)[None]
    result = grid_sample(planes, grid, mode='bilinear', padding_mode='reflection', align_corners=False)
    return result[0].permute(1, 2, 0)


def coloured(picture, colour):
    """[H, W, C] of 0..1."""

    def grey(x):
        return (x * LUMA).sum(-1, keepdim=True) if x.shape[-1] == 3 else x

    x = picture * colour['brightness']
    x = colour['contrast'] * x + (1 - colour['contrast']) * grey(x).mean()
    if x.shape[-1] == 3:
        x = colour['saturation'] * x + (1 - colour['saturation']) * grey(x)
    return x.clamp(0, 1)


def check(picture):
    """The map's direction, against PyTorch's own flips and turns."""
    for move, expected in (
        (MOVES[0], torch.flip(picture, [1])),
        (MOVES[1], torch.flip(picture, [0])),
        (MOVES[2], torch.rot90(picture, 1, [0, 1])),
    ):
        if expected.shape == picture.shape:
            assert (moved(picture, move) - expected).abs().max() < 1e-12, move


def main():
    cases = []
    for shape in SHAPES:
        batch = pictures(shape)
        if shape[1] == shape[2]:
            check(batch[0])
        for offset in range(0, len(MOVES), shape[0]):
            moves = [MOVES[(offset + i) % len(MOVES)] for i in range(shape[0])]
            colours = [COLOURS[(offset + i) % len(COLOURS)] for i in range(shape[0])]
            case = {
                'shape': shape,
                'pictures': [round(float(value) * 255) for value in batch.flatten()],
                'moves': moves,
                'moved': torch.stack([moved(*pair) for pair in zip(batch, moves)]),
                'colours': colours,
                'coloured': torch.stack([coloured(*pair) for pair in zip(batch, colours)]),
            }
            cases.append(
                {
                    name: [round(v, 9) for v in value.flatten().tolist()] if torch.is_tensor(value) else value
                    for name, value in case.items()
                }
            )
    fixture = {
        'about': 'pictures are bytes, moved and coloured are values from 0 to 1, all [B, H, W, C] row by row; crop is '
        'left, top, width and height as shares of the picture.',
        'mean': MEAN,
        'std': STD,
    }
    lines = ',\n'.join(f'    {common.compact(case)}' for case in cases)
    head = common.compact(fixture)[:-1]
    common.write_text(TARGET / 'augmentation.json', f'{head},\n  "cases": [\n{lines}\n  ]\n}}\n')
    print('augmentation.json written')


if __name__ == '__main__':
    main()
