"""Calls of Python's, numpy's and TensorFlow's of which it is known whether they do something."""

from __future__ import annotations

import builtins

BUILTINS = frozenset(
    {"len", "range", "int", "float", "str", "bool", "list", "dict", "tuple", "set", "sorted", "min", "max", "sum", "abs",
     "zip", "enumerate", "reversed", "map", "round", "divmod", "bytes", "repr", "isinstance", "slice", "complex"}
)  # fmt: skip
"""Of Python: they compute a value from their arguments."""
NUMPY = frozenset(
    {"array", "asarray", "zeros", "ones", "full", "eye", "identity", "arange", "linspace", "float32", "float64", "int32",
     "int64", "uint8", "float16", "bool_", "diag", "reshape", "transpose", "concatenate", "stack", "sqrt", "prod", "log",
     "exp", "zeros_like", "ones_like", "dtype", "sin", "cos", "power", "square", "mean", "sum"}
)  # fmt: skip
"""Of numpy: the same."""
METHODS = frozenset(
    {"astype", "reshape", "transpose", "copy", "tolist", "format", "join", "split", "strip", "lower", "upper", "items",
     "keys", "values", "get", "index", "count", "encode", "decode", "flatten", "ravel", "sum", "mean", "replace", "T"}
)  # fmt: skip
"""Methods that compute a value and change nothing, whatever object has them."""
EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
"""Classes of exceptions."""
HARMLESS_METHODS = frozenset({"argmax", "argmin", "max", "min", "std", "var", "dot", "tobytes", "tostring", "info", "any",
                               "all", "item", "nonzero", "round", "clip", "startswith", "endswith", "rstrip", "lstrip",
                               "randn", "rand", "normal", "uniform", "randint"})  # fmt: skip
"""Methods that leave the object alone, but may give another value each time."""
NUMPY_CHANGES = frozenset({"put", "place", "copyto", "fill_diagonal", "putmask", "put_along_axis"})
"""Functions of numpy that change an argument."""
VIEWS = frozenset({"reshape", "transpose", "ravel", "view", "squeeze", "swapaxes"})
"""Methods of numpy's arrays, and functions of numpy, that give another view of the same numbers."""
NUMPY_VIEWS = frozenset({"asarray", "expand_dims", "atleast_1d", "atleast_2d", "rollaxis", "moveaxis", "broadcast_to"})
"""Functions of numpy that do the same."""
ITERATES = frozenset({"six.iteritems", "six.iterkeys", "six.itervalues", "six.viewitems", "collections.OrderedDict"})
"""Functions of other packages that walk over what they are given."""
RANDOM_STATE = frozenset({"numpy.random.RandomState", "numpy.random.default_rng"})
"""Generators of random numbers."""


def does_something(symbol: str) -> bool:
    """Whether a function of TensorFlow's touches files, flags, logs or a graph's collections."""
    return symbol.startswith(
        ("gfile.", "io.gfile.", "io.read", "io.write", "io.match", "logging.", "flags.", "app.", "python_io.", "summary.",
         "train.latest", "add_to_collection", "get_collection", "reset_default_graph", "set_random_seed", "python.lib.")
    )  # fmt: skip
