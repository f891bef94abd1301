"""What a SavedModel says about its signatures, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BOOKKEEPING = frozenset({"__saved_model_init_op", "__saved_model_train_op"})
"""Keys under which TensorFlow files its own operations; they are no signatures a client may call."""

Shape = tuple[int | None, ...] | None
"""Dimensions, None for an unknown one; None in place of the tuple for an unknown rank."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One input or output of a signature.

    Attributes:
        key: Its name in the signature.
        name: The graph's tensor, for instance `x:0`. Empty for sparse and composite tensors; an operation's
            name without a colon where the signature names an operation.
        dtype: TensorFlow's name, for instance `float32`, `string`, or `invalid` for an operation.
        shape: None for an unknown rank, None in a dimension's place for an unknown dimension.
        sparse: The tensors `(indices, values, dense_shape)` of a coo_sparse TensorInfo, else None.
        components: The tensors of a composite (for instance ragged) TensorInfo in order, else empty.
    """

    key: str
    name: str
    dtype: str
    shape: Shape
    sparse: tuple[str, str, str] | None = None
    components: tuple[TensorInfo, ...] = ()

    @property
    def kind(self) -> str:
        """`dense`, `sparse`, `composite` or `operation`."""
        if self.sparse is not None:
            return "sparse"
        if self.components:
            return "composite"
        return "dense" if ":" in self.name else "operation"


@dataclass(frozen=True, slots=True)
class SignatureDef:
    """One entry of `signature_def_map`.

    Attributes:
        key: Its key in the map.
        method_name: For instance `tensorflow/serving/predict`; may be empty.
        inputs: By name, in sorted order.
        outputs: By name, in sorted order.
        defaults: The default values of inputs that have one (TF2 only): name and serialised TensorProto.
    """

    key: str
    method_name: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    defaults: tuple[tuple[str, bytes], ...] = ()

    def input(self, key: str) -> TensorInfo | None:
        """The input of that name, or None."""
        return next((info for info in self.inputs if info.key == key), None)

    def output(self, key: str) -> TensorInfo | None:
        """The output of that name, or None."""
        return next((info for info in self.outputs if info.key == key), None)


@dataclass(frozen=True, slots=True)
class MetaGraph:
    """One MetaGraphDef of a SavedModel.

    Attributes:
        tags: Sorted.
        signatures: Without the bookkeeping keys, sorted by key.
        tensorflow_version: Of the writer; empty where it is not recorded.
        has_objects: Whether TF2's object graph is there: TF2's `tf.saved_model.save` wrote it.
    """

    tags: tuple[str, ...]
    signatures: tuple[SignatureDef, ...]
    tensorflow_version: str = ""
    has_objects: bool = False

    @property
    def by_key(self) -> Mapping[str, SignatureDef]:
        """The signatures by key."""
        return MappingProxyType({signature.key: signature for signature in self.signatures})
