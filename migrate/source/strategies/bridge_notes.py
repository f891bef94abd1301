"""What session code that stays needs under TensorFlow 2 besides the rewrite: names that are gone, and what helps."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.api.data import table
from migrate.source.api.tf1_package import is_gone, public_name
from migrate.source.mode import graph_code
from migrate.source.respelled import respelled_calls
from migrate.source.strategies.bridge_limits import names_of
from migrate.source.symbols import Imported
from migrate.source.tf1.moves import moves_of
from migrate.source.view import ModuleView

RULE = "TFM302"
_SHOWN = 3
_V1 = "compat.v1."
_PACKAGE = "<package>"
_SLIM = "tf_slim"
_HUB = "tensorflow_hub"
_OF_HUB = frozenset({"Module", "ModuleSpec", "create_module_spec", "create_module_spec_from_saved_model", "add_signature",
                     "load_module_spec", "text_embedding_column", "image_embedding_column", "LatestModuleExporter",
                     "sparse_text_embedding_column", "register_module_for_export", "get_expected_image_size",
                     "get_num_image_channels"})  # fmt: skip
"""What tensorflow_hub had for graphs; 0.16 has none of it."""
_DEPTHS = {"contrib": 4, "examples": 1, "keras": 1, "estimator": 1}
"""How much of a name tells what is gone."""
_LEGACY_KERAS = "pip install tf-keras, and set TF_USE_LEGACY_KERAS=1 before TensorFlow is imported"


@dataclass(frozen=True, slots=True)
class Gone:
    """Names that TensorFlow 2 has not, or not for graphs and sessions.

    Attributes:
        prefixes: How they begin, below `tensorflow.` and in all spellings; the first group that fits counts.
        advice: What is to be said of them.
    """

    prefixes: tuple[str, ...]
    advice: str


_GONE = (
    Gone(("contrib.",), "ended with TensorFlow 1; this code must be replaced before the file runs"),
    Gone(("layers.", "nn.rnn_cell."), f"comes with Keras 2 only: {_LEGACY_KERAS}"),
    Gone(("keras.", "python.keras."), f"means Keras 3, which does not build TF1 graphs: {_LEGACY_KERAS}"),
    Gone(("estimator.", "python.estimator."), "ended with TensorFlow 2.15; this code must be replaced"),
    Gone((f"{_SLIM}.",), "works under TensorFlow 2 but for batch_norm; migrate.tf1.contrib.slim has that, too"),
    Gone(
        (f"{_HUB}.",),
        "ended with TensorFlow 1, and tensorflow_hub 0.16 has it not: under TensorFlow 2's own behaviour, hub.load gives "
        "a module's signatures; else export this graph with TensorFlow 1, and convert the SavedModel (tf-migrate convert)",
    ),
    Gone(("examples.",), "is no part of TensorFlow any more; read the data in another way"),
)
_MOVED = "ended with TensorFlow 1, and migrate.tf1 has the same: the new code needs this package where it runs"
_OTHERS = "is no part of TensorFlow 2; this code must be replaced"


def notes(view: ModuleView) -> tuple[tuple[str, str], ...]:
    """A finding for each kind of name that is gone, and one for a file that leaves the switch to its callers.

    Args:
        view: The module of a site that is bridged.
    """
    said = list(gone_notes(view))
    if graph_code(view.symbols, (), entered=True) is None:
        text = "no graph is built in this file: the program that builds it must use tensorflow.compat.v1, and call"
        how = "" if view.settings.whole_program else " (rewrite --whole-program sees to that)"
        said.append((RULE, f"{text} disable_v2_behavior() first{how}"))
    return tuple(said)


def gone_notes(view: ModuleView, replaced: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
    """A finding for each kind of name that is gone.

    Args:
        view: The module.
        replaced: What the rewrite takes the place of, below `tensorflow.`.
    """
    found: dict[str, dict[str, int]] = {}
    for name, line in sorted(_moved(view, replaced).items(), key=lambda pair: (pair[1], pair[0])):
        found.setdefault(_MOVED, {}).setdefault(_module(name), line)
    for name, line in sorted(_used(view), key=lambda pair: (pair[1], pair[0])):
        advice = _advice(name)
        if advice is not None and not name.startswith(replaced or ("\0",)):
            found.setdefault(advice, {}).setdefault(_short(name), line)
    for name, line in moves_of(view.symbols).missing.items():
        public = public_name(name)
        if public is not None:
            found.setdefault(f"went to another module: tf.compat.v1.{public} is the same", {})[f"tensorflow.{name}"] = (
                line
            )
    return tuple((RULE, f"{_listed(names)} {advice}") for advice, names in found.items())


def _moved(view: ModuleView, replaced: tuple[str, ...]) -> dict[str, int]:
    """The names that migrate.tf1 has, and their lines."""
    supported = moves_of(view.symbols).supported
    return {name: line for name, line in supported.items() if not name.startswith(replaced or ("\0",))}


def missing(view: ModuleView) -> str | None:
    """What is to be said of the first name of a module that no package brings back; None where there is none."""
    for name, line in sorted(_used(view), key=lambda pair: (pair[1], pair[0])):
        advice = _advice(name)
        if advice is not None and not advice.endswith(_LEGACY_KERAS) and not name.startswith(f"{_SLIM}."):
            return f"{_short(name)} (line {line}) {advice}"
    return None


def _used(view: ModuleView) -> set[tuple[str, int]]:
    """The names of TensorFlow (and of Keras) that a module uses or imports, and their lines."""
    known = {node for call in respelled_calls(view.symbols) for node in ast.walk(call.func)}
    found = {(name, node.lineno) for node, name in names_of(view) if node not in known}
    for scope in view.symbols.scopes():
        for bindings in scope.bindings.values():
            found |= {(one.qualified, one.node.lineno) for one in bindings if isinstance(one, Imported)}
    used = {(_below(name), line) for name, line in found if _below(name)}
    gone = moves_of(view.symbols).missing.items()
    return {(name, line) for name, line in used if not is_gone(name)} | {one for one in gone if one[0][:7] != "python."}


def _below(qualified: str) -> str:
    """The name below `tensorflow.`; what the packages keras, tf_slim and tensorflow_hub have keeps theirs."""
    top, _, name = qualified.partition(".")
    if top in ("keras", _SLIM):
        return f"{qualified}.{_PACKAGE}"
    if top == _HUB and name.partition(".")[0] in _OF_HUB:
        return f"{_HUB}.{name.partition('.')[0]}"
    return name.removeprefix(_V1) if top == "tensorflow" else ""


def _advice(name: str) -> str | None:
    for gone in _GONE:
        if any(f"{name}.".startswith(prefix) for prefix in gone.prefixes):
            return gone.advice
    return _OTHERS if name in table().gone else None


def _module(name: str) -> str:
    """`tf.contrib.slim` for all that is in it."""
    return ".".join(["tf", *name.split(".")[: 1 if name.startswith("layers.") else 2]])


def _short(name: str) -> str:
    """`tf.keras` for all that is in it."""
    parts = name.split(".")
    if parts[-1] == _PACKAGE:
        return parts[0]
    if parts[0] == _HUB:
        return name
    if parts[0] == "python":
        return ".".join(["tensorflow", *parts[:2]])
    return ".".join(["tf", *parts[: _DEPTHS.get(parts[0])]])


def _listed(names: dict[str, int]) -> str:
    shown = [f"{name} (line {line})" for name, line in list(names.items())[:_SHOWN]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
