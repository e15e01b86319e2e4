/**
 * The steps of `ImageInput` in Python, with Pillow and numpy alone: the same text in every handler that we generate and in
 * "Copy as Python". `open_picture(content)` makes an upright 8-bit RGB picture of a file's bytes, `prepare_picture(picture,
 * steps)` the tensor of one picture, without the batch dimension; `steps` is an `ImageInput` as JSON. Our own steps
 * (`src/inference/image`) give the same bits; `test/parity/preprocessing.test.ts` compares them.
 *
 * It has no imports of its own: whoever takes it in imports `io`, `numpy as np`, and `Image` and `ImageOps` of PIL.
 */
export const preprocessingPython = `def open_picture(content):
    """The picture of a file's bytes as a person sees it: upright, and with 8 bits for each of R, G and B."""
    picture = Image.open(io.BytesIO(content))
    if picture.mode == "F" or picture.mode.startswith("I"):
        window = window_of_file(picture)
        picture = Image.fromarray(to_8_bits(np.asarray(ImageOps.exif_transpose(picture)), window))
    else:
        picture = ImageOps.exif_transpose(picture)
    return picture.convert("RGB")


def window_of_file(picture):
    """The lowest and highest value that a TIFF file names, or None."""
    tags = getattr(picture, "tag_v2", {})
    for low, high in ((340, 341), (280, 281)):
        pair = [np.ravel(tags[tag])[0] for tag in (low, high) if tag in tags]
        if len(pair) == 2 and float(pair[0]) < float(pair[1]):
            return float(pair[0]), float(pair[1])
    return None


def to_8_bits(values, window=None):
    """Deeper grey values in 8 bits: from the file's window, else the usual range that they half fill, else all of theirs."""
    values = values.astype(np.float64)
    low, high = window or range_of(values[np.isfinite(values)])
    levels = np.floor(values / 256 if (low, high) == (0, 65535) else (values - low) * 255 / (high - low) + 0.5)
    return np.nan_to_num(np.clip(levels, 0, 255), nan=0).astype(np.uint8)


def range_of(values):
    if values.size == 0:
        return 0, 1
    low, high = float(values.min()), float(values.max())
    if low >= 0:
        for top in (1, 255, 1023, 4095, 16383, 65535):
            if top / 2 <= high <= top:
                return 0, top
    else:
        signed = [(-1, 1)] + [(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 10, 11, 12, 14, 16)]
        bottom, top = next(((b, t) for b, t in signed if b <= low and high <= t), (low, np.inf))
        if high - low >= (top - bottom) / 2:
            return bottom, top
    return (low, high) if low < high else (low, low + 1)


def prepare_picture(picture, steps):
    """The model's tensor for one RGB picture, without the batch dimension."""
    levels = normalise(np.asarray(seen(picture, steps)), steps)
    if levels.ndim == 2:
        levels = levels[:, :, np.newaxis]
    return levels if steps["layout"] == "NHWC" else np.ascontiguousarray(levels.transpose(2, 0, 1))


def seen(picture, steps):
    """The picture in the model's colours, resized, and cut or padded to the model's size."""
    if steps["colour"] == "grey":
        picture = picture.convert("L")
    elif steps["colour"] == "bgr":
        picture = Image.fromarray(np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]))
    width, height = steps["width"], steps["height"]
    size = resized_size(picture.size, steps)
    picture = picture.resize(size, getattr(Image, steps["interpolation"].upper()))
    if steps["resize"]["method"] == "letterbox":
        left, top = (max(0, round((want - have) / 2 - 0.1)) for want, have in zip((width, height), size))
        canvas = Image.new(picture.mode, (width, height), (steps["resize"]["fill"],) * len(picture.getbands()))
        canvas.paste(picture, (left, top))
        return canvas
    left, top = (
        round((have - want) / 2) if have >= want else -((want - have) // 2) for want, have in zip((width, height), size)
    )
    return picture.crop((left, top, left + width, top + height))


def resized_size(size, steps):
    resize = steps["resize"]
    if resize["method"] == "exact":
        return resize["width"], resize["height"]
    if resize["method"] == "shorter-side":
        longer = int(resize["length"] * max(size) / min(size))
        return (resize["length"], longer) if size[0] <= size[1] else (longer, resize["length"])
    if resize["method"] == "letterbox":
        ratio = min(steps["width"] / size[0], steps["height"] / size[1])
        return tuple(max(1, round(side * ratio)) for side in size)
    return size


def normalise(pixels, steps):
    """Range, mean and std in 32-bit floats, then the tensor's type."""
    values = pixels.astype(np.float32)
    if steps["range"] == "0..1":
        values = values / np.float32(255)
    elif steps["range"] == "-1..1":
        values = values / np.float32(127.5) - np.float32(1)
    values = (values - np.asarray(steps["mean"], np.float32)) / np.asarray(steps["std"], np.float32)
    if steps["type"] == "uint8":
        values = np.clip(np.rint(values), 0, 255)
    return values.astype(steps["type"])
`;
