"""Which TensorFlow the bridge works with."""

from __future__ import annotations

from migrate.bridge.errors import BridgeError


def check_version() -> None:
    """Refuses a TensorFlow that cannot write TF2 models as this package does.

    Raises:
        BridgeError: It is too old, or there is none.
    """
    try:
        import tensorflow as tf
    except ImportError as error:
        raise BridgeError("TensorFlow is not installed in this Python; pip install tensorflow") from error
    version = getattr(tf, "__version__", "0")
    major, minor = (int(part) if part.isdigit() else 0 for part in (version + ".0").split(".")[:2])
    if (major, minor) < (2, 16):
        raise BridgeError(
            "migrate.bridge needs TensorFlow 2.16 or later, and this is " + version + "; under it, save the session "
            "with tf.saved_model.Builder and convert the model with `tf-migrate convert`"
        )
