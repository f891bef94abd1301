"""Lookup tables behind a Keras model: `table.lookup(indices)` with a table that the function of the export makes.

The table stays where it is made, as TensorFlow 2's, and the module that is saved holds it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.flow import Definition, Step
from migrate.source.kinds import Kind, Kinds
from migrate.source.state.arguments import Render
from migrate.source.state.tables import TableCode


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A lookup table.

    Attributes:
        name: Its name, where something is looked up.
        step: What makes it.
    """

    name: ast.Name
    step: Step
    _made: ast.Call
    _symbol: str
    _kinds: Kinds

    def text(self, tensorflow: str, render: Render) -> tuple[str, ...]:
        """The statements that make it in TensorFlow 2.

        Args:
            tensorflow: The name of TensorFlow.
            render: Gives an argument its new text.

        Raises:
            Unprovable: TF2 has none that is surely the same.
        """
        writer = TableCode(self._kinds, tensorflow)
        text = writer.code(self._symbol, self._made, render)
        return (*writer.prelude, f"{self.name.id} = {text}")


def table_of(call: ast.Call, kinds: Kinds) -> Table | None:
    """The table in which a call looks something up; None where it is none, or cannot be seen to be made once.

    Args:
        call: The call.
        kinds: The function it stands in.
    """
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name() as base, attr="lookup"), args=[_], keywords=[]):
            value = kinds.region.value_of.get(base)
        case _:
            return None
    match value:
        case Definition(known=True, previous=None, path=(), expression=ast.Call() as made, step=step):
            symbol = kinds.symbol(made)
            match step.node:
                case ast.Assign(targets=[ast.Name(id=name)]) if (
                    name == base.id and symbol is not None and step.inlined is None and kinds.of(made) is Kind.TABLE
                ):
                    return Table(base, step, made, symbol, kinds)
    return None
