"""Makes test/fixtures/images/: small images, and what Pillow and torchvision make of them.

Run where Pillow, numpy, torch and torchvision are installed (Debian: python3-pil, python3-torchvision):

    python3 scripts/make-fixtures/resize.py

The same versions give the same bytes. `expected.json` names the versions, and holds sha256 sums of pixels (RGB, row by
row) and of tensors (float32, little-endian), so that the fixtures stay small.
"""

import hashlib
import json
import pathlib

import numpy
import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "images"
IMAGENET_MEAN = [0.485, 0.456, 0.406]
IMAGENET_STD = [0.229, 0.224, 0.225]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def noise(width: int, height: int, seed: int) -> Image.Image:
    """RGB noise of a linear congruential generator, which the tests repeat: no pixels need to be stored."""
    values = numpy.empty(width * height * 3, dtype=numpy.uint8)
    state = seed
    for index in range(values.size):
        state = (state * 1103515245 + 12345) % (1 << 31)
        values[index] = (state >> 16) & 0xFF
    return Image.fromarray(values.reshape(height, width, 3))


def resizes() -> list:
    sizes = [
        (64, 48, 22, 22), (10, 8, 22, 22), (23, 22, 22, 22), (500, 3, 22, 22), (33, 51, 25, 39), (1, 1, 8, 8),
        (102, 76, 34, 25), (22, 40, 22, 17), (40, 22, 17, 22), (7, 7, 7, 7), (2, 300, 5, 1), (257, 129, 1, 1),
    ]  # fmt: skip
    cases = []
    for seed, (width, height, to_width, to_height) in enumerate(sizes, start=1):
        resized = noise(width, height, seed).resize((to_width, to_height), Image.BILINEAR)
        cases.append({"seed": seed, "from": [width, height], "to": [to_width, to_height], "sha256": sha256(resized.tobytes())})
    return cases


def tensors() -> list:
    cases = []
    sizes = [
        (80, 60, 32, 28), (60, 80, 32, 28), (61, 80, 32, 27), (33, 90, 31, 24), (90, 35, 30, 25), (32, 32, 32, 32),
        (32, 50, 32, 28), (20, 20, 32, 28), (40, 30, 24, 32), (50, 30, 20, 33), (30, 51, 21, 30), (5, 200, 8, 8),
    ]  # fmt: skip
    for seed, (width, height, resize, crop) in enumerate(sizes, start=101):
        for mean, std in ((IMAGENET_MEAN, IMAGENET_STD), ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]), ([0, 0, 0], [1, 1, 1])):
            transform = transforms.Compose([
                transforms.Resize(resize), transforms.CenterCrop(crop), transforms.ToTensor(), transforms.Normalize(mean, std),
            ])  # fmt: skip
            tensor = transform(noise(width, height, seed)).contiguous()
            interleaved = tensor.permute(1, 2, 0).contiguous()
            cases.append({
                "seed": seed, "from": [width, height], "resize": resize, "crop": crop, "mean": mean, "std": std,
                "NCHW": sha256(tensor.numpy().astype("<f4").tobytes()),
                "NHWC": sha256(interleaved.numpy().astype("<f4").tobytes()),
            })  # fmt: skip
    return cases


def photo() -> Image.Image:
    """Smooth colours with some noise: what the lossy formats are made for."""
    smooth = noise(6, 5, 7).resize((61, 47), Image.BICUBIC)
    grain = numpy.asarray(noise(61, 47, 8)).astype(int) // 16
    return Image.fromarray((numpy.asarray(smooth).astype(int) + grain).clip(0, 255).astype(numpy.uint8))


def decodes() -> dict:
    rgb = photo()
    alpha = noise(61, 47, 9).convert("L")
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    palette = rgb.quantize(32)
    with_orientation = Image.Exif()
    with_orientation[0x0112] = 6
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    files = {
        "rgb-420.jpg": (rgb, {"quality": 88}),
        "rgb-444.jpg": (rgb, {"quality": 88, "subsampling": 0}),
        "progressive.jpg": (rgb, {"progressive": True}),
        "orientation-6.jpg": (rgb, {"exif": with_orientation.tobytes()}),
        "profile.png": (rgb, {"icc_profile": profile}),
        "grey.jpg": (rgb.convert("L"), {}),
        "cmyk.jpg": (rgb.convert("CMYK"), {}),
        "rgb.png": (rgb, {}),
        "rgba.png": (rgba, {}),
        "grey-alpha.png": (Image.merge("LA", (rgb.convert("L"), alpha)), {}),
        "palette.png": (palette, {}),
        "palette-transparent.png": (palette, {"transparency": 3}),
        "one-bit.png": (rgb.convert("1"), {}),
        "lossless.webp": (rgb, {"lossless": True}),
        "lossy.webp": (rgb, {"quality": 80}),
        "alpha.webp": (rgba, {"lossless": True, "exact": True}),
        "palette.gif": (palette, {}),
        "animated.gif": (palette, {"save_all": True, "append_images": [rgb.transpose(Image.FLIP_LEFT_RIGHT).quantize(32)]}),
        "lzw.tif": (rgb, {"compression": "tiff_lzw"}),
        "jpeg.tif": (rgb, {"compression": "jpeg"}),
        "cmyk.tif": (rgb.convert("CMYK"), {}),
        "one-bit.tif": (rgb.convert("1"), {"compression": "group4"}),
    }
    expected = {}
    for name, (image, options) in files.items():
        image.save(FOLDER / name, **options)
        with Image.open(FOLDER / name) as saved:
            upright = saved.transpose(Image.ROTATE_270) if name.startswith("orientation") else saved
            decoded = upright.convert("RGB")
        expected[name] = {"width": decoded.width, "height": decoded.height, "sha256": sha256(decoded.tobytes())}
    # 16 bits: Pillow clips where we keep the upper byte, so the expectation is numpy's.
    deep = numpy.arange(12 * 10, dtype=numpy.uint16).reshape(10, 12) * 540
    Image.fromarray(deep.astype(numpy.int32), "I").save(FOLDER / "grey-16-bit.png")
    upper = numpy.repeat((deep >> 8).astype(numpy.uint8)[:, :, None], 3, axis=2)
    expected["grey-16-bit.png"] = {"width": 12, "height": 10, "sha256": sha256(upper.tobytes())}
    return expected


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = {
        "madeBy": {"Pillow": PIL.__version__, "torch": torch.__version__, "torchvision": torchvision.__version__},
        "resizes": resizes(),
        "tensors": tensors(),
        "decodes": decodes(),
    }
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
