"""Names for the code of a file that is not moved into the TF2 model, and goes on as TF1 code under TF2."""

from __future__ import annotations

from collections.abc import Collection

from migrate.source.api.data import table


def replacement_outside(name: str) -> str | None:
    """The spelling that gives TF1 code the same object under TF2.

    Args:
        name: A TF1 name below `tf.`, canonical or not, or the name of a module such as `app.flags`.

    Returns:
        The name itself where `tf.<name>` is the very same object, the TF2 name where the object is exported
        under another one, `compat.v1.<name>` where only that has it; None where TF2 has it no longer, and for
        private names that stand for no public symbol. Names of Keras stay, though it is Keras 3 now.
    """
    known = table()
    for spelling in (name, known.aliases.get(name, name)):
        if spelling in known.same or spelling.startswith("compat.v2."):
            return spelling
        if spelling in known.moved:
            return known.moved[spelling]
        if spelling in known.legacy or spelling in known.packages:
            return f"compat.v1.{spelling}"
    if name.startswith(("core.", "keras.")) or name == "keras":
        return name
    if name in known.modern:
        return name
    return _attribute(name)


_CONTRIB = {
    # Uniform, it draws the same numbers from the same seed as Glorot's.
    "contrib.layers.xavier_initializer": ("compat.v1.glorot_uniform_initializer", {"seed", "dtype"}),
    "contrib.layers.xavier_initializer_conv2d": ("compat.v1.glorot_uniform_initializer", {"seed", "dtype"}),
    "contrib.framework.get_or_create_global_step": ("compat.v1.train.get_or_create_global_step", {"graph"}),
    "contrib.framework.get_global_step": ("compat.v1.train.get_global_step", {"graph"}),
}


def call_outside(name: str, positional: int, keywords: Collection[str]) -> str | None:
    """The spelling for what TF1 code calls, where TF2 has it, and these arguments mean the same.

    Args:
        name: A TF1 name below `tf.`.
        positional: How many positional arguments the call has.
        keywords: Its keywords.
    """
    found, known = _CONTRIB.get(name, (None, set()))
    if found is None:
        return replacement_outside(name)
    return found if positional == 0 and set(keywords) <= known else None


def _attribute(name: str) -> str | None:
    """The spelling of an attribute of a known class, such as `GraphKeys.GLOBAL_VARIABLES`."""
    owner, _, attribute = name.rpartition(".")
    if not owner or owner in table().packages or owner in table().gone:
        return None
    found = replacement_outside(owner)
    return f"{found}.{attribute}" if found else None
