"""What is asked for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.errors import MigrateError
from migrate.graph.examples.spec import FeatureSpec
from migrate.signatures.contract import Api
from migrate.signatures.model import SignatureDef

INPUTS, CLASSES, SCORES, OUTPUTS = "inputs", "classes", "scores", "outputs"
"""The keys that Classify and Regress know (tensorflow/cc/saved_model/signature_constants.h)."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A signature that is to take serialized tf.Examples.

    Attributes:
        key: The signature's.
        api: Classify or Regress.
        features: How the examples are parsed, and which inputs get their values.
        scores: For Classify: the output with the scores.
        classes: For Classify: the output with the classes, as text or as ids.
        vocabulary: For Classify: the names of the classes, by id; without `classes` each example gets all of them.
        outputs: For Regress: the output with the values.
    """

    key: str
    api: Api
    features: tuple[FeatureSpec, ...]
    scores: str | None = None
    classes: str | None = None
    vocabulary: tuple[bytes, ...] | None = None
    outputs: str | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature as it is parsed, with all that the spec left to the input filled in.

    Attributes:
        name: Its name in the tf.Example.
        dtype: `float32`, `int64` or `string`.
        shape: In one example; None as the first dimension is any length.
        required: Whether an example without it is an error.
        input: The key of the input that gets it.
        cast_to: The input's dtype where it is another one, else None.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    required: bool
    input: str
    cast_to: str | None


@dataclass(frozen=True, slots=True)
class WrapResult:
    """A signature that was wrapped.

    Attributes:
        signature: It as it is now.
        features: What it parses.
        defaulted: The inputs that keep their default value, as no feature feeds them.
    """

    signature: SignatureDef
    features: tuple[Feature, ...]
    defaulted: tuple[str, ...]


def check_wrapping(wrapping: Wrapping) -> None:
    """Makes sure that what is given goes with the API.

    Raises:
        MigrateError: Something is missing or too much; the message says which option.
    """
    where = f"signature `{wrapping.key}`"
    classify = (wrapping.scores, wrapping.classes, wrapping.vocabulary)
    if wrapping.api is Api.CLASSIFY:
        if wrapping.outputs is not None:
            raise MigrateError(f"{where}: --outputs is for --regress; --classify takes --scores and --classes")
        if wrapping.scores is None and wrapping.classes is None:
            if wrapping.vocabulary is None:
                raise MigrateError(f"{where}: name the output with the scores (--scores), the classes (--classes)")
            # It would be the same answer for whatever is asked.
            raise MigrateError(f"{where}: a vocabulary names the classes of scores or ids; add --scores OUTPUT")
    elif wrapping.api is Api.REGRESS:
        if any(option is not None for option in classify):
            raise MigrateError(f"{where}: --scores and --classes are for --classify; --regress takes --outputs")
        if wrapping.outputs is None:
            raise MigrateError(f"{where}: name the output with the values: --outputs OUTPUT")
    else:
        raise MigrateError(f"{where}: only Classify and Regress take tf.Examples; use --classify or --regress")
