"""The golden models of fixtures/models, with what TensorFlow 1.15 answered: README.md there describes the files.

    @pytest.mark.parametrize("fixture", MODELS, ids=str)
    def test_it(fixture): ...

A variant of a fixture (`two_metagraphs::train`) is a ModelFixture of its own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from migrate.verify.samples import SparseValue

FOLDER = Path(__file__).parents[2] / "fixtures" / "models"
_SPARSE = ("indices", "values", "dense_shape")


@dataclass(frozen=True)
class Call:
    """One run of a signature under TensorFlow 1.15.

    Attributes:
        signature: Its key.
        inputs: An array, a SparseValue, or the tuple of a ragged tensor's components, for each input.
        outputs: The same for each output. Strings are object arrays of bytes.
    """

    signature: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass(frozen=True)
class ModelFixture:
    """A model as TensorFlow 1.15 wrote it, or a variant of one.

    Attributes:
        name: The folder's.
        variant: The variant's name, empty for the fixture itself.
        settings: What fixture.toml says of it.
    """

    name: str
    variant: str
    settings: dict[str, Any] = field(repr=False, hash=False, compare=False)

    def __str__(self) -> str:
        return f"{self.name}::{self.variant}" if self.variant else self.name

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @property
    def what(self) -> str:
        return self.settings["what"]

    @property
    def form(self) -> str:
        """`saved_model`, `meta_graph` or `frozen_graph`."""
        return self.settings["form"]

    @property
    def path(self) -> Path:
        """The SavedModel's directory, the .meta file, the .pb or .pbtxt file."""
        return self.folder / "golden" / self.settings["model"]

    @property
    def checkpoint(self) -> Path | None:
        """The prefix of the checkpoint of a MetaGraph."""
        prefix = self.settings.get("checkpoint")
        return self.folder / "golden" / prefix if prefix else None

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self.settings.get("tags", ["serve"])) if self.form == "saved_model" else ()

    @property
    def signatures(self) -> dict[str, dict[str, dict[str, str]]]:
        """For a model without SignatureDefs: {KEY: {"inputs": {NAME: TENSOR}, "outputs": {NAME: TENSOR}}}."""
        return self.settings.get("signatures", {})

    @property
    def trainable(self) -> tuple[str, ...]:
        """The variables that get gradients from one signature or another, by their TF1 names."""
        return tuple(self.settings.get("trainable", []))

    @property
    def hazards(self) -> dict[str, str]:
        """The signatures that cannot or must not be run, and the ops that are why."""
        return self.settings.get("hazards", {})

    @property
    def stateful(self) -> bool:
        """Whether `calls` must be made in their order in one session."""
        return bool(self.settings.get("calls"))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """What was run, in its order."""
        listed = [(f"{i}/{c['signature']}", c["signature"]) for i, c in enumerate(self.settings.get("calls", []))]
        keys = listed or [(key, key) for key in sorted(self.settings.get("inputs", {}))]
        samples = self._arrays("samples.npz")
        return tuple(
            Call(key, _values(samples, f"{where}/inputs/"), _values(samples, f"{where}/outputs/"))
            for where, key in keys
        )

    @cached_property
    def gradients(self) -> dict[str, dict[str, np.ndarray]]:
        """By signature and variable: d(sum over the floating outputs of sum_i (1 + i % 5) output[i]) / d(variable).

        At the inputs of the signature's first call, in the model as it was loaded.
        """
        found: dict[str, dict[str, np.ndarray]] = {call.signature: {} for call in self.calls}
        for name, array in self._arrays("gradients.npz").items():
            key = max((key for key in found if name.startswith(f"{key}/")), key=len)
            found[key][name.removeprefix(f"{key}/")] = array
        return found

    def _arrays(self, file: str) -> dict[str, np.ndarray]:
        """The arrays of this variant in a file, without its prefix."""
        if not (self.folder / file).exists():
            return {}
        with np.load(self.folder / file, allow_pickle=False) as data:
            if self.variant:
                prefix = f"{self.variant}::"
                return {key.removeprefix(prefix): data[key] for key in data.files if key.startswith(prefix)}
            others = tuple(f"{name}::" for name in self.settings["variants"])
            return {key: data[key] for key in data.files if not key.startswith(others)}


def _values(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, Any]:
    """The arrays below a prefix, put together where they are the parts of one value."""
    flat = {
        key.removeprefix(prefix): array.astype(object) if array.dtype.kind == "S" else array
        for key, array in arrays.items()
        if key.startswith(prefix)
    }
    values: dict[str, Any] = {}
    for key, array in flat.items():
        name, _, part = key.rpartition("/")
        if part in _SPARSE and all(f"{name}/{other}" in flat for other in _SPARSE):
            values[name] = SparseValue(*(flat[f"{name}/{other}"] for other in _SPARSE))
        elif part.isdigit() and f"{name}/0" in flat:
            parts = sorted((k for k in flat if k.startswith(f"{name}/")), key=lambda k: int(k.rpartition("/")[2]))
            values[name] = tuple(flat[k] for k in parts)
        else:
            values[key] = array
    return values


@cache
def model_fixtures() -> tuple[ModelFixture, ...]:
    """Every fixture and every variant."""
    found = []
    for path in sorted(FOLDER.glob("*/fixture.toml")):
        settings = {"variants": {}, **tomllib.loads(path.read_text("utf-8"))}
        found.append(ModelFixture(path.parent.name, "", settings))
        for variant, changes in settings["variants"].items():
            found.append(ModelFixture(path.parent.name, variant, {**settings, **changes}))
    return tuple(found)


def model_fixture(name: str) -> ModelFixture:
    """One of them, by what str() says of it."""
    return next(fixture for fixture in model_fixtures() if str(fixture) == name)


MODELS = model_fixtures()
