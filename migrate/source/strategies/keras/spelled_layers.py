"""The edits after which the layers of a file compute what they did, whatever becomes of its models."""

from __future__ import annotations

from migrate.source.changes import Changes
from migrate.source.strategies.keras.equal_layers import HARD_SIGMOID, HARD_SIGMOID_HELPER, NOTE, Spelled
from migrate.source.strategies.keras.layers import Layers
from migrate.source.strategies.keras.uses import Uses

LOADED = (
    "Keras 3 does not read what tf.keras of TF1 saved, gives a Sequential model of standalone Keras one dimension more, "
    "and its hard_sigmoid is another function: set TF_USE_LEGACY_KERAS=1 (package tf-keras; import tf_keras for keras), "
    "or save the model anew from there"
)


def spelled_layers(spelled: Spelled, layers: Layers, uses: Uses, changes: Changes) -> list[str]:
    """Adds the edits; what is to be said about them.

    Args:
        spelled: What the layers need.
        layers: The layers.
        uses: The names of the module, with what is gone.
        changes: The edits.
    """
    view = uses.view
    changes.expressions |= {node: f"{view.tf}.{name}" for node, name in layers.activations() if not uses.is_gone(node)}
    changes.expressions |= spelled.expressions
    changes.arguments |= spelled.arguments
    if not spelled.hard_sigmoid:
        return []
    if HARD_SIGMOID not in view.symbols.module.bindings:
        place = view.top_level(min((*spelled.arguments, *spelled.expressions), key=lambda node: node.lineno))
        changes.above[place] = (*changes.above.get(place, ()), HARD_SIGMOID_HELPER.replace("TF", view.tf))
    return [NOTE]
