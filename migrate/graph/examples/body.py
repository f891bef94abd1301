"""Builds a FunctionDef node by node.

Inside a function a tensor is `argument`, or `node:output_argument:number`, and outputs are named in `ret`
(tensorflow/core/framework/function.proto; the operations: tensorflow/core/ops/{array,math,string}_ops.cc).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migrate import protos
from migrate.signatures.dtypes import dtype_name

NUMBERS = {dtype_name(number): number for number in range(1, 24)}
"""TensorFlow's DataType numbers by name (tensorflow/core/framework/types.proto)."""


class Body:
    """A FunctionDef in the making.

    Attributes:
        function: The message.

    Args:
        name: The function's.
    """

    def __init__(self, name: str) -> None:
        self.function = protos.message_type("core.framework.function_pb2.FunctionDef")()
        self.function.signature.name = name

    def add(self, name: str, op: str, inputs: Sequence[str], after: Sequence[str] = (), **types: str) -> Any:
        """Adds a node; `types` are those of its attributes that name a dtype. Others are for the caller to set."""
        node = self.function.node_def.add(name=name, op=op)
        node.input.extend(inputs)
        node.input.extend(f"^{other}" for other in after)
        for key, dtype in types.items():
            node.attr[key].type = NUMBERS[dtype]
        return node

    def constant(self, name: str, dtype: str, values: Sequence[float | int | bytes], shape: Sequence[int]) -> str:
        """A Const; one value may stand for all."""
        node = self.add(name, "Const", (), dtype=dtype)
        tensor = node.attr["value"].tensor
        tensor.dtype = NUMBERS[dtype]
        tensor.tensor_shape.SetInParent()
        for size in shape:
            tensor.tensor_shape.dim.add(size=size)
        fields = {
            "float32": tensor.float_val,
            "int64": tensor.int64_val,
            "int32": tensor.int_val,
            "string": tensor.string_val,
        }
        fields[dtype].extend(values)
        return f"{name}:output:0"

    def cast(self, name: str, tensor: str, source: str, target: str) -> str:
        """Another dtype."""
        self.add(name, "Cast", [tensor], SrcT=source, DstT=target)
        return f"{name}:y:0"

    def reshape(self, name: str, tensor: str, dtype: str, shape: str) -> str:
        """Another shape, an int32 vector; an error where the elements are not that many."""
        self.add(name, "Reshape", [tensor, shape], T=dtype, Tshape="int32")
        return f"{name}:output:0"

    def ensure_shape(self, name: str, tensor: str, dtype: str, shape: Sequence[int | None]) -> str:
        """The same tensor; an error where it has another shape. None is any size."""
        node = self.add(name, "EnsureShape", [tensor], T=dtype)
        node.attr["shape"].shape.SetInParent()
        for size in shape:
            node.attr["shape"].shape.dim.add(size=-1 if size is None else size)
        return f"{name}:output:0"

    def returns(self, name: str, dtype: str, tensor: str) -> None:
        """Adds an output."""
        self.add(f"return_{name}", "Identity", [tensor], T=dtype)
        self.function.signature.output_arg.add(name=name, type=NUMBERS[dtype])
        self.function.ret[name] = f"return_{name}:output:0"
