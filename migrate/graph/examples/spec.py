"""What a signature's features are called in a tf.Example, and how they are parsed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from migrate.errors import MigrateError
from migrate.signatures.model import Shape

FEATURE_DTYPES = ("float32", "int64", "string")
"""All that a tf.Example can hold (tensorflow/core/example/feature.proto)."""

Number = float | int | bytes


@dataclass(frozen=True, slots=True)
class Default:
    """What an example has that leaves a feature out.

    Attributes:
        values: Row by row.
        shape: Of one example; `()` is one value, which stands for every element.
    """

    values: tuple[Number, ...]
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """One feature, and the input of the wrapped signature that gets its values.

    Attributes:
        name: Its name in the tf.Example.
        input: The input's key.
        dtype: `float32`, `int64` or `string`; None for the one that goes with the input's.
        shape: In one example. The first dimension may be None: any length, padded with the default to the longest
            of the batch. None in place of the tuple: the input's shape without the batch.
        default: For examples without it; None where they are an error.
    """

    name: str
    input: str
    dtype: str | None = None
    shape: tuple[int | None, ...] | None = None
    default: Default | None = None


def parse_feature_specs(text_or_path: str) -> tuple[FeatureSpec, ...]:
    """Reads `--examples SPEC`: JSON, a file of JSON, or the short form.

    Args:
        text_or_path: For instance `x=float32[4],name:text=string[]=unknown`, `{"x": {"dtype": "float32"}}`, or the
            path of a file with such JSON.

    Raises:
        MigrateError: It is none of these, or says something that cannot be; the message names the feature.
    """
    from migrate.graph.examples.spec_json import specs_of_json
    from migrate.graph.examples.spec_text import specs_of_text

    text = text_or_path.strip()
    if text.startswith("{"):
        specs = specs_of_json(text, "--examples")
    elif _is_file(text):
        specs = specs_of_json(_read(Path(text)), text)
    else:
        specs = specs_of_text(text)
    check_specs(specs)
    return specs


def check_specs(specs: tuple[FeatureSpec, ...]) -> None:
    """Makes sure that no feature is named, and no input is fed, twice.

    Raises:
        MigrateError: One is, or there are no features at all.
    """
    if not specs:
        raise MigrateError("--examples names no feature; say which the tf.Examples have, for instance x=float32[4]")
    for what, names in (("feature", [spec.name for spec in specs]), ("input", [spec.input for spec in specs])):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise MigrateError(f"--examples has the {what} `{twice}` twice; each feature feeds one input")


def check_dtype(dtype: str, name: str) -> None:
    """Makes sure that a tf.Example can hold it.

    Raises:
        MigrateError: It cannot.
    """
    if dtype not in FEATURE_DTYPES:
        raise MigrateError(
            f"feature `{name}`: a tf.Example holds {', '.join(FEATURE_DTYPES)}, not {dtype}; "
            "name the one that its values are stored as, it is cast to the input's dtype"
        )


def check_shape(shape: tuple[int | None, ...], name: str) -> None:
    """Makes sure that a dense feature can have it.

    Raises:
        MigrateError: It cannot.
    """
    if None in shape[1:]:
        raise MigrateError(f"feature `{name}`: only the first dimension may be `?`")
    if 0 in shape:
        raise MigrateError(f"feature `{name}`: a dimension of 0 leaves no values to parse")


def shape_text(shape: Shape) -> str:
    """A shape as the short form writes it."""
    if shape is None:
        return " of unknown rank"
    return f"[{','.join('?' if dim is None else str(dim) for dim in shape)}]"


def _is_file(text: str) -> bool:
    if text.endswith(".json"):
        return True
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # Too long for a name, or has a null byte.
        return False


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MigrateError(f"{path}: cannot read it: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise MigrateError(f"{path}: not UTF-8 text; the features are read from JSON") from error
