"""Converts in the caller's process, where its TensorFlow is in TF2's own mode."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

from migrate.bridge.conversion import convert
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrate.bridge.conversion import Task


def convert_in_thread(task: Task) -> tuple[str, ...]:
    """Converts in a new thread: what graph, session, device and scopes are current is a matter of each thread.

    So it works inside `with tf.Graph().as_default():` and `with session:` as well.
    """
    return tuple(_in_thread(lambda: convert(task)))


def is_plain_tf2() -> bool:
    """Whether nothing global was switched to TF1's ways, such as by `disable_v2_behavior`.

    TF2 models cannot be written after that (`tf.saved_model.save` raises, even inside `tf.init_scope`).
    """
    return bool(_in_thread(_is_plain))


def _is_plain() -> bool:
    tf = import_tensorflow()
    return (
        tf.executing_eagerly()
        and tf.__internal__.tf2.enabled()
        and tf.compat.v1.resource_variables_enabled()
        and tf.compat.v1.control_flow_v2_enabled()
        and not tf.config.functions_run_eagerly()
        # TF1's shapes consist of Dimension objects.
        and isinstance(tf.TensorShape([1])[0], int)
    )


def _in_thread(call: Callable[[], Any]) -> Any:
    answers: list[Any] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(call())
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=work, name="tf-migrate", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]
