"""Finds the TensorFlow session inside what a program calls its session, and the graph that is saved with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.bridge.errors import BridgeError
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DEEPEST = 16
_VARIABLES = ("variables", "local_variables")


def raw_session(session: Any) -> Any:
    """The `tf.compat.v1.Session` itself: running a wrapper would call its hooks.

    MonitoredSession and its like answer `_tf_sess()` (tensorflow/python/training/monitored_session.py), the
    debugger's wrappers keep their session as `_sess` (tensorflow/python/debug/wrappers/framework.py).

    Raises:
        BridgeError: It is no session, or it is closed.
    """
    tf = import_tensorflow()
    found = session
    for _ in range(_DEEPEST):
        if isinstance(found, tf.compat.v1.Session | tf.compat.v1.InteractiveSession):
            if getattr(found, "_closed", False):
                raise BridgeError("the session is closed; save it before")
            return found
        found = _inner(found)
    if hasattr(session, "_tf_sess"):
        raise BridgeError("the session is closed; save it before")
    raise BridgeError(f"expected a tf.compat.v1.Session, not {type(session).__name__}")


def _inner(session: Any) -> Any:
    for name in ("raw_session", "_tf_sess"):
        method = getattr(session, name, None)
        if callable(method):
            return method()
    return getattr(session, "_sess", None)


def graph_to_save(
    session: Any,
    signatures: Mapping[str, Any] | None,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
) -> Any:
    """The session's graph; or the default one, which is what TF1's builder writes, where only that has the tensors.

    A program that imports a frozen graph into a graph of its own may save it with a session of another graph: there
    are no values to take from it.

    Args:
        session: The session itself.
        signatures: The signatures by key.
        inputs: Tensors of a signature without a key.
        outputs: Those that it gives.
    """
    default = import_tensorflow().compat.v1.get_default_graph()
    if default is session.graph or any(default.get_collection(name) for name in _VARIABLES):
        return session.graph
    given = list(_given(signatures, inputs, outputs))
    names = [value.name for value in given if not hasattr(value, "graph")]
    tensors = [value for value in given if hasattr(value, "graph")]
    if not given or not all(tensor.graph is default for tensor in tensors) or not _has(default, names):
        return session.graph
    return default if tensors or not _has(session.graph, names) else session.graph


def _given(
    signatures: Mapping[str, Any] | None, inputs: Mapping[str, Any] | None, outputs: Mapping[str, Any] | None
) -> Iterable[Any]:
    """The tensors, and the TensorInfos, of all signatures."""
    parts = [inputs, outputs]
    for signature in (signatures or {}).values():
        for part in ("inputs", "outputs"):
            parts.append(signature.get(part) if isinstance(signature, dict) else getattr(signature, part, None))
    for values in parts:
        yield from (value for value in dict(values or {}).values() if hasattr(value, "name"))


def _has(graph: Any, names: Iterable[str]) -> bool:
    """Whether a graph has all tensors of these names; those of several parts have none, and are not looked for."""
    operations = {operation.name for operation in graph.get_operations()}
    return all(name.partition(":")[0] in operations for name in names if name)
