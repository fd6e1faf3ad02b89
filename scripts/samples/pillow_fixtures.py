"""Writes what Pillow makes of some pictures, for the tests of src/data/image.

    pip install pillow
    python scripts/samples/pillow_fixtures.py src/data/image/fixtures

`pillow.json`: resizes of generated noise (see `noise`, which resize.test.ts repeats), as base64 or SHA-256.
`decoded.json` and the picture files beside it: what a decoder has to make of real files, upright and over white.
"""

import base64
import hashlib
import io
import json
import struct
import sys
import zlib
from pathlib import Path

from PIL import Image, ImageOps, __version__


def noise(count: int, seed: int) -> bytes:
    """Bytes of a linear congruential generator (Numerical Recipes), highest 8 of 32 bits."""
    out = bytearray()
    x = seed
    for _ in range(count):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(x >> 24)
    return bytes(out)


def centre_square(width: int, height: int) -> tuple[int, int, int, int]:
    side = min(width, height)
    left, top = (width - side) >> 1, (height - side) >> 1
    return left, top, left + side, top + side


def over_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits: the upper 8
        image = Image.frombytes("L", image.size, image.convert("I;16").tobytes()[1::2])
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, rgba).convert("RGB")


def resized(image: Image.Image, size: int, channels: int) -> bytes:
    mode = "RGB" if channels == 3 else "L"
    box = centre_square(*image.size)
    return image.convert(mode).crop(box).resize((size, size), Image.Resampling.BILINEAR).tobytes()


CASES = [
    # width, height, size, channels, alpha
    (37, 53, 28, 3, False),
    (37, 53, 28, 1, False),
    (53, 37, 28, 3, False),
    (10, 13, 28, 3, False),
    (10, 13, 28, 1, False),
    (28, 28, 28, 3, False),
    (28, 45, 28, 1, False),
    (1, 1, 5, 3, False),
    (3, 200, 7, 3, False),
    (41, 30, 28, 3, True),
    (41, 30, 28, 1, True),
    (128, 128, 224, 3, True),
    (225, 224, 224, 3, False),
    (640, 480, 224, 3, False),
    (640, 480, 224, 1, False),
    (1601, 1203, 224, 3, False),
]


def resize_case(width: int, height: int, size: int, channels: int, alpha: bool) -> dict:
    data = bytearray(noise(width * height * 4, width * 65536 + height))
    if not alpha:
        data[3::4] = b"\xff" * (width * height)
    image = over_white(Image.frombytes("RGBA", (width, height), bytes(data)))
    pixels = resized(image, size, channels)
    case = {"width": width, "height": height, "size": size, "channels": channels, "alpha": alpha}
    case["sha256"] = hashlib.sha256(pixels).hexdigest()
    if len(pixels) <= 3072:
        case["pixels"] = base64.b64encode(pixels).decode()
    return case


def every_alpha() -> Image.Image:
    """Column: value, row: alpha."""
    return Image.frombytes("RGBA", (256, 256), bytes(v for a in range(256) for s in range(256) for v in (s, s, s, a)))


def gradient(width: int, height: int) -> Image.Image:
    """Smooth and without symmetry, so that a wrong turn shows."""
    pixels = bytes(
        v for y in range(height) for x in range(width)
        for v in (255 * x // (width - 1), 255 * y // (height - 1), (x * y) % 251 // 2)
    )
    return Image.frombytes("RGB", (width, height), pixels)


def deep_rgb(width: int, height: int) -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads (the upper 8) but does not write."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    data = noise(width * height * 6, 11)
    rows = b"".join(b"\0" + data[y * width * 6:(y + 1) * width * 6] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def with_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def picture_files() -> dict[str, bytes]:
    files: dict[str, bytes] = {}

    def save(name: str, image: Image.Image, **options) -> None:
        buffer = io.BytesIO()
        image.save(buffer, **options)
        files[name] = buffer.getvalue()

    colour = gradient(40, 24)
    for orientation in range(1, 9):
        save(f"exif-{orientation}.jpg", colour, format="JPEG", quality=95, subsampling=0, exif=with_exif(orientation))
    save("exif-6.png", colour, format="PNG", exif=with_exif(6))
    save("exif-6.webp", colour, format="WEBP", lossless=True, exif=with_exif(6))
    save("alpha.png", every_alpha(), format="PNG", optimize=True)
    save("grey.png", colour.convert("L"), format="PNG")
    save("grey.jpg", colour.convert("L"), format="JPEG", quality=95)
    save("colour.png", colour, format="PNG")
    palette = colour.quantize(16)
    save("palette.png", palette, format="PNG", transparency=3)
    save("two.gif", palette, format="GIF", save_all=True, append_images=[palette.rotate(180)])
    save("lossless.webp", colour, format="WEBP", lossless=True)
    save("colour.bmp", colour, format="BMP")
    save("colour.avif", colour, format="AVIF", quality=90)
    save("subsampled.jpg", gradient(64, 48), format="JPEG", quality=75, subsampling=2)
    save("deep.png", Image.frombytes("I;16", (40, 24), noise(40 * 24 * 2, 7)), format="PNG")
    small = gradient(16, 12)
    files["deep-rgb.png"] = deep_rgb(16, 12)
    save("cmyk.jpg", small.convert("CMYK"), format="JPEG", quality=95)
    save("progressive.jpg", small, format="JPEG", quality=90, progressive=True)
    save("grey-alpha.png", Image.merge("LA", (small.getchannel(0), small.getchannel(1))), format="PNG")
    save("black-white.png", small.convert("1"), format="PNG")
    save("lossy.webp", small, format="WEBP", quality=80)
    save("alpha.webp", Image.merge("RGBA", (*small.split(), small.getchannel(1))), format="WEBP", lossless=True)
    moving = {"save_all": True, "append_images": [small.rotate(180)], "duration": 100}
    save("moving.webp", small, format="WEBP", lossless=True, **moving)
    save("moving.avif", small, format="AVIF", quality=90, subsampling="4:4:4", **moving)
    save("moving.png", small, format="PNG", **moving)
    save("grey.avif", small.convert("L"), format="AVIF", quality=90)
    files["cut.jpg"] = files["exif-1.jpg"][:200]
    files["cut.png"] = files["colour.png"][:60]
    return files


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    composite = over_white(every_alpha()).getchannel("R").tobytes()
    fixtures = {
        "pillow": __version__,
        "overWhite": hashlib.sha256(composite).hexdigest(),
        "cases": [resize_case(*case) for case in CASES],
    }
    (folder / "pillow.json").write_text(json.dumps(fixtures, indent=1) + "\n")
    decoded = {}
    for name, data in picture_files().items():
        (folder / name).write_bytes(data)
        if name.startswith("cut."):
            continue
        image = Image.open(io.BytesIO(data))
        if not name.endswith(".webp"):  # browsers leave the orientation of a WebP alone
            image = ImageOps.exif_transpose(image)
        image = over_white(image)
        rgb = image.tobytes()
        entry = {"width": image.width, "height": image.height, "sha256": hashlib.sha256(rgb).hexdigest()}
        if len(rgb) < 10000:
            entry["rgb"] = base64.b64encode(rgb).decode()
        decoded[name] = entry
    (folder / "decoded.json").write_text(json.dumps(decoded, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
