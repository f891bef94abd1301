"""The names of modes, which are not those of `tf.estimator.ModeKeys`."""

from __future__ import annotations


class ModeKeys:
    """What a model is run for."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"

    @classmethod
    def validate(cls, key: str) -> None:
        """Refuses other names."""
        if key not in (cls.TRAIN, cls.EVAL, cls.INFER):
            raise ValueError(f"Invalid mode {key}.")
