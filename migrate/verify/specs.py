"""What is known about the inputs of a signature, from both models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.verify.contract import merge_shapes
from migrate.verify.hints import InputHints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.signatures import SignatureDef, TensorInfo
    from migrate.signatures.model import Shape


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What is known about one input from both models.

    Attributes:
        name: Its name in the signature.
        dtype: TensorFlow's name; of a ragged input, its values'.
        shape: Both declarations put together; of a ragged input only that its rows may be any number.
        sparse: Whether it takes a sparse tensor.
        hints: What both graphs say.
        components: The tensors that a composite input (ragged and the like) is made of.
    """

    name: str
    dtype: str
    shape: Shape
    sparse: bool = False
    hints: InputHints = field(default_factory=InputHints)
    components: tuple[TensorInfo, ...] = ()

    @property
    def ragged(self) -> bool:
        """Whether the components are those of a RaggedTensor: values, and row splits from the outermost inwards."""
        splits = self.components[1:]
        return bool(splits) and all(part.dtype in ("int32", "int64") and _may_be_vector(part) for part in splits)

    @property
    def lengths_matter(self) -> bool:
        """Whether it has rows whose lengths can be chosen: of ragged values, or of features of any length."""
        return self.ragged or any(feature.shape is None for feature in self.hints.features)


def input_specs(a: SignatureDef, b: SignatureDef, hints: Mapping[str, InputHints]) -> tuple[InputSpec, ...]:
    """Puts together what both models say about the inputs, which must have the same names and dtypes."""
    specs = []
    for ours in a.inputs:
        theirs = b.input(ours.key) or ours
        known = hints.get(ours.key, InputHints())
        shape = merge_shapes(merge_shapes(ours.shape, theirs.shape), known.shape)
        dtype = known.dtype or ours.dtype
        if ours.components:
            shape, dtype = (None,), ours.components[0].dtype
        specs.append(InputSpec(ours.key, dtype, shape, ours.kind == "sparse", known, ours.components))
    return tuple(specs)


def _may_be_vector(info: TensorInfo) -> bool:
    # The dense shape of a sparse tensor is a vector of known length; row splits never are.
    return info.shape is None or info.shape == (None,)
