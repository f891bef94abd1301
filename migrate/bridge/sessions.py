"""Finds the TensorFlow session inside what a program calls its session."""

from __future__ import annotations

from typing import Any

from migrate.bridge.errors import BridgeError
from migrate.signatures.quiet import import_tensorflow

_DEEPEST = 16


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
