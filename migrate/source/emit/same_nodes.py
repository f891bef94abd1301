"""Graph code whose nodes must keep their names: a function of TF2 with the same numbers may name its nodes otherwise."""

from __future__ import annotations

from migrate.source.changes import Changes

SAME_NODES = "get_variable_scope().set_use_resource(False)"
"""What the code of graphs says that are frozen node by node."""


def keeps_nodes(changes: Changes, code: str) -> bool:
    """Whether a file has such code, or gets it.

    Args:
        changes: What is to become of the file.
        code: The file.
    """
    return SAME_NODES in code or any(SAME_NODES in text for texts in changes.above.values() for text in texts)
