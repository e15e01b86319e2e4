/**
 * How a generated handler reads a request and writes its answer, in Python with numpy alone; the same text in each. The
 * contract says what the numbers mean. It has no imports of its own: whoever takes it in imports `base64`, `json`, `os` and
 * `numpy as np`, and has `open_picture` and `prepare_picture`.
 */
export const answerPython = `TOP = 20


def read_contract(folder):
    with open(os.path.join(folder, "contract.json"), encoding="utf-8") as file:
        return json.load(file)


def tensor_of(row, steps):
    """The input for one row of a request, with its batch dimension: of a picture's bytes, or numbers as they are."""
    payload = row.get("data") or row.get("body") if isinstance(row, dict) else row
    if isinstance(payload, str):
        payload = base64.b64decode(payload)
    if isinstance(payload, (bytes, bytearray)):
        tensor = prepare_picture(open_picture(bytes(payload)), steps)
    else:
        tensor = np.asarray(payload, dtype=steps["type"])
    return tensor[np.newaxis] if tensor.ndim == 3 else tensor


def answer_of(numbers, output, labels):
    """The most probable labels first; numbers whose meaning nobody knows are called scores."""
    values = np.asarray(numbers, dtype=np.float64).ravel()
    if output["activation"] == "softmax":
        values = np.exp(values - values.max())
        values = values / values.sum()
    elif output["activation"] == "sigmoid":
        values = 0.5 * (1.0 + np.tanh(0.5 * values))
    if output["meaning"] == "unknown":
        if not labels:
            return {"scores": values.tolist()}
        return {"scores": named(values, labels)}
    if output["meaning"] == "binary" and values.size == 1:
        values = np.array([1.0 - values[0], values[0]])
    # How many labels of a picture count is not known here: each is by itself.
    return named(values, labels, values.size if output["meaning"] == "multi-label" else TOP)


def named(values, labels, count=TOP):
    best = np.argsort(-values, kind="stable")[:count]
    return {labels.get(int(index), str(int(index))): float(values[index]) for index in best}


def read_labels(folder, output):
    """Label of each class. A label that two classes share gets its index, so that neither hides the other."""
    names = dict(enumerate(output.get("labels") or []))
    path = os.path.join(folder, "index_to_name.json")
    if not names and os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            names = json.load(file)
        if isinstance(names, dict) and "object_type_names" in names:
            names = names["object_type_names"]
        names = dict(enumerate(names)) if isinstance(names, list) else names
    labels = {int(k): (v[-1] if isinstance(v, list) else v) for k, v in names.items()}
    seen = list(labels.values())
    return {k: (v if seen.count(v) == 1 else "%s (%d)" % (v, k)) for k, v in labels.items()}
`;
