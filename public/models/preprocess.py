"""Turns a picture file into the tensor that a model of this folder expects. Needs Pillow, numpy and torch.

    from preprocess import preprocess
    x = preprocess('cat.jpg', 'preprocessor_config.json')   # [1, channels, height, width], float32
    logits = model(x)

The order is fixed, because the numbers depend on it:

1. the orientation that the camera noted (EXIF) is applied,
2. transparency is composited over white,
3. colours are converted to RGB (3 channels) or to grey (1 channel: L = 0.299 R + 0.587 G + 0.114 B),
4. with `do_center_crop` the centre square is cut out (left = (width - side) // 2, top = (height - side) // 2), then
   resized with Pillow's bilinear filter, which averages when it shrinks (antialiasing); two calls, because `resize`
   with a box does not give the same pixels in every version of Pillow,
5. x = (pixel * rescale_factor - image_mean) / image_std, per channel.
"""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps


def load_config(config):
    """A preprocessor configuration from a path to `preprocessor_config.json`, from its folder, or as it is (a dict)."""
    if isinstance(config, dict):
        return config
    path = Path(config)
    if path.is_dir():
        path = path / 'preprocessor_config.json'
    return json.loads(path.read_text(encoding='utf-8'))


def to_pixels(image, config):
    """Steps 1 to 4 on a PIL image: uint8 array [height, width, channels]."""
    config = load_config(config)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith('I'):  # 16 bits a pixel: keep the upper 8, where Pillow's conversion would clip
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert('RGBA')
        image = Image.alpha_composite(Image.new('RGBA', image.size, (255, 255, 255, 255)), image)
    image = image.convert('RGB')
    if config['channels'] == 1:
        image = image.convert('L')
    width, height = image.size
    if config['do_center_crop']:
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    size = (config['size']['width'], config['size']['height'])
    pixels = np.asarray(image.resize(size, Image.Resampling.BILINEAR))
    return pixels.reshape(size[1], size[0], config['channels'])


def normalise(pixels, config):
    """Step 5 on pixels of 0..255, [..., height, width, channels]: float32 tensor [..., channels, height, width]."""
    config = load_config(config)
    mean = np.array(config['image_mean'], dtype=np.float64)
    std = np.array(config['image_std'], dtype=np.float64)
    values = (np.asarray(pixels, dtype=np.float64) * config['rescale_factor'] - mean) / std
    return torch.from_numpy(np.moveaxis(values, -1, -3).astype(np.float32))


def preprocess(path, config=Path(__file__).with_name('preprocessor_config.json')):
    """A picture file as float32 [1, channels, height, width]. Raises what Pillow raises if it does not decode."""
    with Image.open(path) as image:
        return normalise(to_pixels(image, config), config)[None]
