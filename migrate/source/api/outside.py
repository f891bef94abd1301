"""Names for the code of a file that is not moved into the TF2 model, and goes on as TF1 code under TF2."""

from __future__ import annotations

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


def _attribute(name: str) -> str | None:
    """The spelling of an attribute of a known class, such as `GraphKeys.GLOBAL_VARIABLES`."""
    owner, _, attribute = name.rpartition(".")
    if not owner or owner in table().packages or owner in table().gone:
        return None
    found = replacement_outside(owner)
    return f"{found}.{attribute}" if found else None
