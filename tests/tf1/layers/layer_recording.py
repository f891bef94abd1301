# ruff: noqa: UP031 - Python 3.7 reads it, too
"""What a case leaves in a graph and computes; read by Python 3.7 and TensorFlow 1.15, too, which make the golden."""

import re
import zlib

import numpy as np

PLACEHOLDERS = {
    "x": ("float32", [None, 3]),
    "x64": ("float64", [None, 3]),
    "x4": ("float32", [4, 3]),
    "rows": ("float32", [None, 5, 3]),
    "im": ("float32", [None, 6, 6, 4]),
    "im2": ("float32", [2, 6, 6, 4]),
    "dyn": ("float32", [None, None, None, 4]),
    "first": ("float32", [None, 4, 6, 6]),
    "seqfirst": ("float32", [None, 3, 5]),
    "vol": ("float32", [None, 4, 4, 4, 2]),
    "flag": ("bool", []),
    "ids": ("int64", [None, 4]),
    "unknown": ("float32", None),
    "bare": ("float32", [None, None]),
}
FED = {"dyn": (2, 6, 6, 4), "unknown": (2, 3), "bare": (2, 3)}


def filled(name, shape, dtype="float32"):
    """Values that hang on a name alone."""
    random = np.random.RandomState(zlib.crc32(name.encode()))
    if dtype == "bool":
        return np.asarray(True)
    if dtype.startswith("int"):
        return random.randint(0, 6, shape).astype(dtype)
    low = 0.5 if "variance" in name else -1.0
    return random.uniform(low, 1.5, shape).astype(dtype)


def digest(value):
    """Some of the numbers, and sums of all."""
    value = np.asarray(value)
    if value.dtype.kind in "SOU":
        return {"shape": list(value.shape)}
    flat = value.astype("float64").ravel()
    at = sorted(set(np.linspace(0, flat.size - 1, 5).astype(int))) if flat.size else []
    numbers = [*(flat[each] for each in at), flat.sum(), np.abs(flat).sum()]
    return {"shape": list(value.shape), "numbers": [float("%.7g" % each) for each in numbers]}


def flat(out):
    if isinstance(out, dict):
        return [each for key in sorted(out) for each in flat(out[key])]
    if isinstance(out, (list, tuple)):
        return [each for part in out for each in flat(part)]
    return [out]


def is_tensor(value):
    return hasattr(value, "name") and hasattr(value, "shape")


def shape_of(value):
    return str(value.shape).replace("?", "None")


def name_of(element):
    if getattr(element, "op", None) is not None and type(element).__name__ not in ("Tensor", "SymbolicTensor"):
        return element.op.name
    name = getattr(element, "name", str(element))
    return name.split(":")[0] if isinstance(name, str) else str(element)


def record(tf, names, code):
    """Builds and runs a case; `tf` is TensorFlow 1's, or `tensorflow.compat.v1`."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(11)
        feed = {}
        names = dict(names, tf=tf, np=np)
        for word in dict.fromkeys(re.findall(r"\w+", code)):
            if word in PLACEHOLDERS:
                dtype, shape = PLACEHOLDERS[word]
                names[word] = tf.placeholder(dtype, shape, name=word)
                size = FED.get(word) or [2 if each is None else each for each in shape]
                feed[names[word]] = filled(word, size, dtype)
        try:
            exec(code, names)
        except Exception as error:
            return {"raises": type(error).__name__, "text": str(error)}
        out = flat(names.get("out"))
        found = {"variables": variables(tf), "collections": collections(tf, graph)}
        tensors = [each for each in out if is_tensor(each)]
        found["other"] = [getattr(each, "name", None) or str(each) for each in out if not is_tensor(each)]
        found["outputs"] = [[each.name, shape_of(each), each.dtype.base_dtype.name] for each in tensors]
        tensors += tf.get_collection("regularization_losses") + tf.get_collection("losses")
        if "#grad" in code:
            total = tf.add_n([tf.reduce_sum(each * each) for each in tensors if each is not None])
            tensors += tf.gradients(total, tf.trainable_variables())
        tensors = [each for each in tensors if each is not None]
        updates = tf.get_collection("update_ops")
        everything = {each.name: each for each in tf.global_variables() + tf.local_variables()}
        with tf.Session(graph=graph, config=plain_config(tf)) as session:
            if "#initial" in code:
                session.run(tf.global_variables_initializer())
                alike = [name for name in everything if "seed=" in code or not random_operations(graph, name)]
                found["initial"] = values(session, {name: everything[name] for name in alike})
                found["initializers"] = initializers_of(graph, session, everything)
            given, initializers = {}, []
            for name, each in everything.items():
                value = filled(name.split(":")[0], each.shape.as_list(), each.dtype.base_dtype.name)
                initializer = getattr(each.initializer, "op", each.initializer)
                given[initializer.inputs[1]] = value
                initializers.append(initializer)
            if initializers:
                session.run(initializers, given)
            try:
                found["values"] = [digest(each) for each in session.run(tensors, feed)] if tensors else []
            except tf.errors.OpError:
                return dict(found, values="cannot be run")
            if updates or "#after" in code:
                for _ in range(2 if updates else 0):
                    session.run(updates, feed)
                found["after"] = values(session, everything)
            if any(each.name == "flag:0" for each in feed):
                feed = {key: (np.asarray(False) if key.name == "flag:0" else each) for key, each in feed.items()}
                found["off"] = [digest(each) for each in session.run(tensors, feed)]
        return found


def initializing(graph, name):
    start = name.split(":")[0] + "/Initializer/"
    return [each for each in graph.get_operations() if each.name.startswith(start)]


def random_operations(graph, name):
    """Without seeds of their own, their numbers hang on what else is in the graph, and on TensorFlow's version."""
    return [each for each in initializing(graph, name) if "Random" in each.type or "Normal" in each.type]


def initializers_of(graph, session, everything):
    """The limits of random numbers, and what kind they are."""
    found = {}
    for name in everything:
        found.update({each.name: each.type for each in random_operations(graph, name)})
        for each in initializing(graph, name):
            if each.type == "Const":
                found[each.name] = digest(session.run(each.outputs[0]))
    return found


def values(session, variables):
    return {name: digest(value) for name, value in session.run(variables).items()} if variables else {}


def plain_config(tf):
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    # What it makes of a graph once must not be what a test waits for.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def variables(tf):
    trained = [each.name for each in tf.trainable_variables()]
    model = [each.name for each in tf.get_collection("model_variables")]
    return [
        [each.name, shape_of(each), each.dtype.base_dtype.name, each.name in trained, each.name in model]
        for each in tf.global_variables()
    ]


def collections(tf, graph):
    found = {}
    for key in graph.get_all_collection_keys():
        if isinstance(key, str) and key not in ("variables", "trainable_variables", "model_variables"):
            elements = [name_of(each) for each in tf.get_collection(key)]
            if elements and not key.startswith("_") and not key.endswith("_context"):
                found[key] = elements
    return found
