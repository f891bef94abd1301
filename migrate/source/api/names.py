"""From any spelling of a TensorFlow symbol to the one canonical TF1 name below `tf.`."""

from __future__ import annotations

from migrate.source.api.data import home, table

_MODULES = {
    "python.platform.app": "app",
    "python.platform.flags": "flags",
    "python.platform.gfile": "gfile",
    "python.platform.tf_logging": "logging",
    "python.saved_model.builder": "saved_model.builder",
    "python.saved_model.constants": "saved_model.constants",
    "python.saved_model.loader": "saved_model.loader",
    "python.saved_model.main_op": "saved_model.main_op",
    "python.saved_model.signature_constants": "saved_model.signature_constants",
    "python.saved_model.signature_def_utils": "saved_model.signature_def_utils",
    "python.saved_model.tag_constants": "saved_model.tag_constants",
    "python.saved_model.utils": "saved_model.utils",
}


def canonical(qualified: str) -> str | None:
    """The canonical TF1 name of a fully qualified one.

    Names of `tf.compat.v2` keep that prefix. Names that no TensorFlow has, and private ones that are no
    public symbol, come back as they are, below `tf.`.

    Args:
        qualified: Such as `tensorflow.compat.v1.layers.dense` or `tensorflow.python.ops.math_ops.add`.

    Returns:
        Such as `layers.dense` or `add`; empty for TensorFlow itself; None where it is not TensorFlow's.
    """
    name = spelling(qualified)
    return None if name is None else table().aliases.get(name, name)


def spelling(qualified: str) -> str | None:
    """The TF1 name as the source spells it, below `tf.`: `tensorflow.compat.v1.math.add` is `math.add`.

    `translate_call` and `translate_name` take it as well as the canonical one, and keep it where TF2 has it.
    For a symbol that is spelled through a private module it is the canonical name.

    Args:
        qualified: Such as `tensorflow.compat.v1.math.add`.
    """
    top, _, name = qualified.partition(".")
    if top not in ("tensorflow", "tensorflow_core"):
        return None
    while name == "compat.v1" or name.startswith("compat.v1."):
        name = name[len("compat.v1.") :]
    if name.startswith("_api."):
        name = name.partition(".compat.v1.")[2] or name
    return _private(name) if name.startswith("python.") else name


def normal(qualified: str) -> str:
    """A fully qualified name in the one spelling that all names of the same symbol or module share."""
    name = canonical(qualified)
    if name is None:
        return qualified
    return f"tensorflow.{name}" if name else "tensorflow"


def constant_value(name: str) -> str | None:
    """The value of a string constant such as `saved_model.signature_constants.PREDICT_METHOD_NAME`, or None.

    Args:
        name: Any spelling below `tf.`, or a fully qualified one.
    """
    known = canonical(name if name.startswith(("tensorflow.", "tensorflow_core.")) else f"tensorflow.{name}")
    return table().constants.get(known or "")


def _private(name: str) -> str:
    """The public name of a symbol spelled through a private module, or the name itself."""
    if name in _MODULES:
        return _MODULES[name]
    if name == "python.saved_model.simple_save":
        # `from tensorflow.python import saved_model` gives TF1's module saved_model.saved_model, not the package.
        return "saved_model.simple_save"
    parts = name.split(".")
    if parts[:2] == ["python", "ops"] and len(parts) > 2 and parts[2] in home("framework.ops"):
        # `from tensorflow.python import ops` gives TF1's framework.ops, which hides the package of that name.
        parts[1:2] = ["framework", "ops"]
    for end in range(len(parts) - 1, 0, -1):
        held = home(".".join(parts[1:end]))
        if parts[end] in held:
            return ".".join([held[parts[end]], *parts[end + 1 :]])
        module = ".".join(parts[:end])
        if module in _MODULES:
            return ".".join([_MODULES[module], *parts[end:]])
    return name
