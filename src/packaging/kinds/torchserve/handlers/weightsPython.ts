/**
 * How the handler for PyTorch reads weights, in Python with torch alone: a state_dict, a checkpoint of training, safetensors;
 * 1.13 to 2.x. Nothing but tensors is made of a file: other objects of a checkpoint stay inert. `load_into` finds the dict
 * and the prefix of its keys by the network's own keys. It has no imports of its own: whoever takes it in imports `json`,
 * `pickle`, `re` and `torch`.
 */
export const weightsPython = `WRAPPERS = re.compile(r"(^|\\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\\.)")
# Not weights, but what a module counts or computes for itself; old files lack them. And layers that only training uses.
COMPUTED = re.compile(r"(num_batches_tracked|relative_position_index|relative_coords_table|attn_mask)$")
TRAINING_ONLY = re.compile(r"^(AuxLogits|aux1|aux2)\\.")
# Names that layers had in old files of torchvision.
RENAMES = (
    (re.compile(r"(denselayer\\d+\\.(?:norm|conv))\\.([12]\\.)"), r"\\1\\2"),
    (re.compile(r"(\\.mlp)\\.linear_1\\."), r"\\1.0."),
    (re.compile(r"(\\.mlp)\\.linear_2\\."), r"\\1.3."),
)
NETWORK_NAMES = ("state_dict", "model_state_dict", "model", "net", "network", "model_state", "weights", "params")
AVERAGES = re.compile(r"(^|_)(ema|swa|teacher|averaged?)(_|$)", re.IGNORECASE)
NOT_NETWORKS = re.compile(r"optim|sched|scaler|loss|criterion|callback|metric", re.IGNORECASE)
SAFE = re.compile(
    r"^(collections\\.OrderedDict|torch\\._utils\\._rebuild_\\w+|torch\\._tensor\\._rebuild_from_type_v2"
    r"|torch(\\.cuda)?\\.\\w+(Storage|Tensor)|torch\\.storage\\._?(Untyped|Typed)Storage|torch\\.(Size|device|Tensor)"
    r"|torch\\.nn\\.parameter\\.(Parameter|Buffer)|torch\\.q?u?(float|bfloat|int|complex|bool|half|double|long|short)\\w*"
    r"|torch\\.serialization\\._get_layout|(builtins|__builtin__)\\.(set|frozenset|bytearray|complex|slice|range))$"
)
SAFETENSORS = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}


class Inert(object):
    """Stands for an object of a checkpoint that is no tensor. Nothing of it is made."""

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return self

    def ignore(self, *args):
        pass

    __setstate__ = __setitem__ = append = extend = add = ignore


class TensorsOnly(pickle.Unpickler):
    def find_class(self, module, name):
        if SAFE.match("%s.%s" % (module, name)):
            return super(TensorsOnly, self).find_class(module, name)
        return Inert


class TensorPickle(object):
    """What torch.load needs of a pickle module."""

    Unpickler = TensorsOnly
    UnpicklingError = pickle.UnpicklingError

    @staticmethod
    def load(file, **how):
        return TensorsOnly(file, **how).load()


def read_weights(path):
    with open(path, "rb") as file:
        head = file.read(9)
    if head[8:9] == b"{" and head[:2] != b"PK":
        return read_safetensors(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:
        # An older torch, or a checkpoint with more than tensors in it.
        return read_with_inert_objects(path)


def read_with_inert_objects(path):
    # torch 1.13.0 forgets the pickle_module that it is given, and takes the pickle that its own module has imported.
    kept = torch.serialization.pickle
    torch.serialization.pickle = TensorPickle
    try:
        return torch.load(path, map_location="cpu", pickle_module=TensorPickle)
    finally:
        torch.serialization.pickle = kept


def read_safetensors(path):
    tensors = {}
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length).decode("utf-8"))
        for key, about in header.items():
            if key == "__metadata__":
                continue
            dtype = getattr(torch, SAFETENSORS[about["dtype"]])
            begin, end = about["data_offsets"]
            file.seek(8 + length + begin)
            content = bytearray(file.read(end - begin))
            flat = torch.frombuffer(content, dtype=dtype) if content else torch.empty(0, dtype=dtype)
            tensors[key] = flat.reshape(about["shape"])
    return tensors


def dicts_of(value):
    """The dicts with tensors in a file, the one that is most likely the network first."""
    found = []

    def visit(inner, path):
        if not isinstance(inner, dict):
            return
        tensors = {key: item for key, item in inner.items() if isinstance(key, str) and torch.is_tensor(item)}
        if tensors and not any(NOT_NETWORKS.search(key) for key in path):
            found.append((path, tensors))
        if len(path) < 3:
            for key, item in inner.items():
                if isinstance(key, str):
                    visit(item, path + (key,))

    def rank(entry):
        path, tensors = entry
        if any(AVERAGES.search(key) for key in path):
            place = len(NETWORK_NAMES) + 2
        elif not path:
            place = -1 if any("." in key for key in tensors) else len(NETWORK_NAMES) + 1
        else:
            place = NETWORK_NAMES.index(path[-1]) if path[-1] in NETWORK_NAMES else len(NETWORK_NAMES)
        return place, -len(tensors)

    visit(value, ())
    return sorted(found, key=rank)


def load_into(network, dicts):
    """Gives the network the tensors that bear its names, whatever stands in front. Says what does not fit, or None."""
    own = network.state_dict()
    needed = [key for key in own if not COMPUTED.search(key)]
    problem = "there are no tensors in it"
    for _, written in dicts:
        for tensors in spellings(written):
            prefixes = {key[: len(key) - len(needed[0])] for key in tensors if ("." + key).endswith("." + needed[0])}
            for prefix in sorted(prefixes, key=len):
                if all(prefix + key in tensors for key in needed):
                    return take(network, own, {k[len(prefix):]: t for k, t in tensors.items() if k.startswith(prefix)})
        if problem == "there are no tensors in it":
            problem = difference(needed, spellings(written)[0])
    return problem


def spellings(written):
    plain = {WRAPPERS.sub("", key).lstrip("."): tensor for key, tensor in written.items()}
    renamed = {}
    for key, tensor in plain.items():
        for pattern, by in RENAMES:
            key = pattern.sub(by, key)
        renamed[key] = tensor
    return [plain, renamed]


def take(network, own, tensors):
    strange = [key for key in tensors if key not in own and not COMPUTED.search(key) and not TRAINING_ONLY.search(key)]
    if strange:
        return "it has tensors that the network has no place for: %s" % some(strange)
    for key in own:
        if key in tensors and tensors[key].shape != own[key].shape:
            sizes = (key, list(tensors[key].shape), list(own[key].shape))
            return "%s has the shape %s in the file and %s in the network" % sizes
    network.load_state_dict({key: tensors[key] for key in own if key in tensors}, strict=False)
    return None


def difference(needed, tensors):
    missing = [key for key in needed if not any(("." + name).endswith("." + key) for name in tensors)]
    return "its keys are %s, and the network's are %s; missing are %s" % (
        some(list(tensors)), some(needed), some(missing) or "none",
    )


def some(keys):
    return ", ".join(keys[:5]) + (" and %d more" % (len(keys) - 5) if len(keys) > 5 else "")
`;
