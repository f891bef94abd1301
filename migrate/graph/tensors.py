"""Names of tensors as GraphDefs write them."""

from __future__ import annotations

from typing import NamedTuple

from migrate.errors import MigrateError


class Tensor(NamedTuple):
    """One output of a node. A port of -1 stands for the node's control output.

    Source: the comment at `NodeDef.input` in tensorflow/core/framework/node_def.proto.
    """

    node: str
    port: int

    def __str__(self) -> str:
        return f"^{self.node}" if self.port < 0 else f"{self.node}:{self.port}"

    @property
    def is_control(self) -> bool:
        """Whether this is a control input: order, no value."""
        return self.port < 0

    @property
    def as_input(self) -> str:
        """As a NodeDef's input spells it: port 0 goes without saying."""
        if self.port < 0:
            return f"^{self.node}"
        return self.node if self.port == 0 else f"{self.node}:{self.port}"


class TensorNameError(MigrateError, ValueError):
    """A text, of a user or of a broken file, that names no tensor."""


def parse_tensor(text: str) -> Tensor:
    """Reads `node`, `node:1` or `^node`; a name without a port is port 0.

    Raises:
        TensorNameError: What follows the colon is no number.
    """
    if text.startswith("^"):
        return Tensor(text[1:], -1)
    node, colon, port = text.rpartition(":")
    if not colon:
        return Tensor(text, 0)
    if not port.isdecimal():
        raise TensorNameError(f"{text!r} is no tensor's name: what follows the colon is to be a number")
    return Tensor(node, int(port))


def scope_of(name: str) -> str:
    """The name scope of a node: `a/b` of `a/b/c`, empty at the top."""
    return name.rpartition("/")[0]
