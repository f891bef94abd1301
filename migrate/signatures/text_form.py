"""saved_model.pbtxt: the same SavedModel as text; only here are all of TensorFlow's messages needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate import protos
from migrate.errors import MigrateError

if TYPE_CHECKING:
    from pathlib import Path


def binary_of(text: bytes, file: Path) -> bytes:
    """A SavedModel in text form, serialised.

    Args:
        text: The content of the file.
        file: For the message.

    Raises:
        MigrateError: It is no SavedModel.
    """
    from google.protobuf import text_format

    message = protos.saved_model()
    try:
        text_format.Parse(text.decode("utf-8"), message)
    except (text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        if isinstance(error, UnicodeDecodeError):
            reason = f"not UTF-8 at byte {error.start}"
        raise MigrateError(f"{file}: no SavedModel in text form: {reason}; copy or export the model again") from error
    data: bytes = message.SerializeToString(deterministic=True)
    return data


def text_of(data: bytes) -> bytes:
    """A serialised SavedModel in text form."""
    from google.protobuf import text_format

    message = protos.saved_model()
    message.ParseFromString(data)
    return text_format.MessageToString(message).encode("utf-8")
