"""The variables of layers: their names in TF1, and the names the code gets for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from migrate.source.flow import LOOPS, WITHS, Branch, Step
from migrate.source.layers.call import LayerCall
from migrate.source.layers.lowered import VariableText
from migrate.source.layers.place import SourcePlace
from migrate.source.layers.scopes import ScopeNames
from migrate.source.unprovable import VARIABLE, Unprovable


class Variables:
    """Makes the variables of one region's layers."""

    def __init__(self, scopes: ScopeNames, free: Callable[[str], str], place: SourcePlace) -> None:
        """Starts without variables.

        Args:
            scopes: Gives the layers their scopes.
            free: Gives names that nothing uses.
            place: Where the code stands.
        """
        self._scopes = scopes
        self._free = free
        self._place = place
        self._made: dict[str, tuple[str, tuple[Branch, ...]]] = {}
        self._claimed: dict[ast.AST, str] = {}
        self._nested: list[str] = []
        self.owner: ast.AST | None = None
        """The layer object whose call is written out, which keeps its scope."""

    def make(self, call: LayerCall, base: str, wanted: Sequence[VariableText], dtype: str) -> dict[str, str]:
        """The names of a layer's variables in the code, by what they are; made where they are not yet.

        Raises:
            Unprovable: Where their TF1 names are only known at run time.
        """
        return self.make_in(self.claim(call, base), call, wanted, dtype)

    def make_in(self, scope: str, call: LayerCall, wanted: Sequence[VariableText], dtype: str) -> dict[str, str]:
        """The same in a scope that was claimed before."""
        assert self._place.step is not None
        if any(isinstance(branch.step.node, LOOPS) for branch in self._place.step.branches):
            raise Unprovable(VARIABLE, f"{call.name} makes variables in a loop", call.node)
        return {variable.suffix: self._variable(scope, variable, dtype, call) for variable in wanted}

    def claim(self, call: LayerCall, base: str, *, default_is_name: bool = False) -> str:
        """The scope of a layer, relative to the current variable scope.

        Args:
            call: The layer call.
            base: Its default name.
            default_is_name: Whether that is its name even where it was used before.
        """
        assert self._place.step is not None
        name_parameter = "scope" if "scope" in call.parameters else "name"
        name = call.string(name_parameter, None)
        if self.owner is not None:
            # A layer object keeps its scope, whose name is a default, from its first call on.
            if self.owner not in self._claimed:
                claimed = self._scopes.claim(None, name or base, self._place.step, call.node)
                self._claimed[self.owner] = self._scopes.full(claimed)
                return claimed
            return self._relative(self._claimed[self.owner])
        inner = "/".join(self._nested)
        if inner:
            # A layer inside another's scope: its default names count from the start there.
            return f"{inner}/{name or base}"
        return self._scopes.claim(name or (base if default_is_name else None), base, self._place.step, call.node)

    def inside(self, scope: str) -> None:
        """Layers made from here on stand in a layer's scope."""
        self._nested.append(scope)

    def outside(self) -> None:
        """Ends `inside`."""
        self._nested.pop()

    def _relative(self, full: str) -> str:
        current = self._scopes.scope
        if current == "":
            return full
        if current is not None and full.startswith(f"{current}/"):
            return full.removeprefix(f"{current}/")
        # Made in another scope: its variables are known by then.
        return f"/{full}"

    def _variable(self, scope: str, variable: VariableText, dtype: str, call: LayerCall) -> str:
        assert self._place.step is not None
        relative = f"{scope}/{variable.suffix}"
        full = relative[1:] if relative.startswith("/") else self._scopes.full(relative)
        branches = tuple(b for b in self._place.step.branches if not isinstance(b.step.node, WITHS))
        known = self._made.get(full)
        if known is not None:
            if _names(known[1]) != _names(branches)[: len(known[1])]:
                raise Unprovable(VARIABLE, f"{call.name} uses variables that a branch above makes", call.node)
            return known[0]
        if relative.startswith("/"):
            raise Unprovable(VARIABLE, f"{call.name} uses variables of another scope", call.node)
        name = self._free(_identifier(relative))
        tf = self._place.tf
        arguments = [f'"{relative}"', variable.shape]
        if dtype != "float32":
            arguments.append(f"{tf}.{dtype}")
        for keyword, text in (("initializer", variable.initializer), ("regularizer", variable.regularizer)):
            if text is not None:
                arguments.append(f"{keyword}={text}")
        if not variable.trainable:
            arguments.append("trainable=False")
        self._place.statements.append(f"{name} = {tf}.get_variable({', '.join(arguments)})")
        self._made[full] = (name, branches)
        return name


def _names(branches: tuple[Branch, ...]) -> tuple[tuple[Step, str], ...]:
    return tuple((branch.step, branch.name) for branch in branches)


def _identifier(text: str) -> str:
    """A Python name for a variable: of its name in TF1, in lower case."""
    parts = [part for part in text.split("/") if part not in ("rnn", "bidirectional_rnn", "multi_rnn_cell")]
    if len(parts) > 2 and re.fullmatch(r"cell_\d+", parts[-3]):
        del parts[-2]
    name = re.sub(r"\W+", "_", "_".join(parts)).strip("_").lower()
    return f"layer_{name}" if not name or name[0].isdigit() else name
