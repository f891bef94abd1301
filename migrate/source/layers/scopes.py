"""The variable scopes around a layer call, and the names TF1 gives to layers without one.

Follows `variable_scope` of TF 1.15: a layer without a name of its own takes its class's, and `_1`, `_2`, ... where a
scope of that name was opened before in the same scope. The count starts anew when a scope is left.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.source.flow import TRIES, WITHS, Definition, Step
from migrate.source.kinds import Kind, Kinds
from migrate.source.layers.constants import Constants
from migrate.source.specs import argument_of
from migrate.source.unprovable import VARIABLE, Unprovable


@dataclass(slots=True, eq=False)
class _Entered:
    step: Step
    scope: str | None
    """Full name of the variable scope inside; None where only the run tells."""
    arguments: bool
    """Whether an arg_scope may set arguments."""
    closes: list[str] = field(default_factory=list)
    """Scopes whose counts end with it."""
    restores: dict[str, int] | None = None
    """The counts that are valid again after it."""


class ScopeNames:
    """Walks with the steps of a region and gives layers their scopes."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._constants = Constants(kinds.region)
        self._counts: dict[str, int] = {}
        self._unsure: set[str] = set()
        self._layers: set[str] = set()
        self._open: list[_Entered] = []
        self._by_step: dict[Step, str | None] = {}
        self.unknown: ast.AST | None = None
        """Code that may have made layers of its own, out of sight."""

    def move(self, step: Step) -> None:
        """Goes on to the next step: leaves what it is not in any more, enters what it opens."""
        around = {branch.step for branch in step.branches}
        while self._open and self._open[-1].step not in around:
            self._leave(self._open.pop())
        if isinstance(step.node, WITHS):
            self._enter(step, step.node)
        elif isinstance(step.node, ast.Expr) and isinstance(step.node.value, ast.Call):
            if self._kinds.symbol(step.node.value) == "reset_default_graph":
                self._counts, self._unsure, self.unknown = {}, set(), None

    @property
    def scope(self) -> str | None:
        """The full name of the current variable scope; None where it is not known."""
        return self._open[-1].scope if self._open else ""

    @property
    def arguments_set(self) -> bool:
        """Whether an arg_scope around may change the defaults of layers."""
        return any(entered.arguments for entered in self._open)

    def claim(self, name: str | None, base: str, step: Step, node: ast.AST) -> str:
        """The scope of a layer, relative to the current one.

        Args:
            name: The name the call gives it.
            base: The name it takes for want of one.
            step: Where it is made.
            node: For the reason of a refusal.

        Raises:
            Unprovable: Where it is only known at run time.
        """
        scope = self.scope
        if scope is None:
            raise Unprovable(VARIABLE, "the layer's variable scope is only known at run time", node)
        optional = _is_optional(step)
        if name is None:
            plain = _join(scope, base)
            if self.unknown is not None:
                line = getattr(self.unknown, "lineno", 0)
                raise Unprovable(
                    VARIABLE, f"the layer has no name, and code on line {line} may have made layers before it", node
                )
            if plain in self._unsure:
                raise Unprovable(VARIABLE, "the layer's name depends on a condition above it", node)
            name = self._unique(scope, base)
            if optional:
                self._unsure.add(plain)
        self._count(_join(scope, name))
        self._layers.add(_join(scope, base))
        return name

    def full(self, name: str) -> str:
        """The name of something in the current scope."""
        return _join(self.scope or "", name)

    def _unique(self, scope: str, base: str) -> str:
        candidate, number = base, 0
        while self._counts.get(_join(scope, candidate), 0) > 0:
            number += 1
            candidate = f"{base}_{number}"
        return candidate

    def _count(self, full: str) -> None:
        self._counts[full] = self._counts.get(full, 0) + 1

    def _leave(self, entered: _Entered) -> None:
        if entered.restores is not None:
            self._counts = entered.restores
        for name in entered.closes:
            for other in self._counts:
                if other.startswith(f"{name}/"):
                    self._counts[other] = 0

    def _enter(self, step: Step, node: ast.With | ast.AsyncWith) -> None:
        entered = _Entered(step, self.scope, arguments=False)
        self._open.append(entered)
        for item in node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                continue
            symbol = self._kinds.symbol(call) or ""
            last = symbol.rpartition(".")[2]
            if last == "variable_scope":
                self._variable_scope(entered, call, step)
            elif last in ("variable_op_scope", "op_scope", "pure_variable_scope"):
                entered.scope = None
            elif last == "arg_scope":
                entered.arguments = True
            elif self._kinds.of(call) is Kind.GRAPH or (
                isinstance(call.func, ast.Attribute)
                and call.func.attr == "as_default"
                and self._kinds.of(call.func.value) is Kind.GRAPH
            ):
                # Another graph counts for itself.
                entered.restores, self._counts, entered.scope = self._counts, {}, ""
            self._by_step[step] = entered.scope

    def _variable_scope(self, entered: _Entered, call: ast.Call, step: Step) -> None:
        outer = entered.scope
        given = argument_of(call, "name_or_scope", 0)
        default = argument_of(call, "default_name", 1)
        text = self._constants.value(given) if given is not None else None
        match given:
            case _ if outer is not None and isinstance(text, str) and text:
                full = _join(outer, text)
                self._opened(entered, full, step)
                entered.closes.append(full)
            case None | ast.Constant(value=None) if (
                outer is not None
                and isinstance(named := self._constants.value(default) if default is not None else None, str)
                and self.unknown is None
                and _join(outer, named) not in self._unsure | self._layers
            ):
                full = _join(outer, self._unique(outer, named))
                self._opened(entered, full, step)
                entered.closes.append(full)
            case ast.Call() if self._kinds.symbol(given) == "get_variable_scope" and outer is not None:
                self._opened(entered, outer, step)
                entered.restores = dict(self._counts)
            case ast.Name():
                value = self._kinds.region.value_of.get(given)
                known = self._entered_as(value) if isinstance(value, Definition) else None
                entered.scope = None
                if known is not None:
                    self._opened(entered, known, step)
                    entered.restores = dict(self._counts)
            case _:
                entered.scope = None

    def _opened(self, entered: _Entered, full: str, step: Step) -> None:
        entered.scope = full
        if _is_optional(step):
            self._unsure.add(full)
        self._count(full)

    def _entered_as(self, value: Definition) -> str | None:
        """The scope behind the name in `with tf.variable_scope("a") as scope`."""
        node = value.step.node
        if isinstance(node, WITHS) and len(node.items) == 1 and value.previous is None:
            target, call = node.items[0].optional_vars, node.items[0].context_expr
            if isinstance(target, ast.Name) and isinstance(call, ast.Call):
                if (self._kinds.symbol(call) or "").rpartition(".")[2] == "variable_scope":
                    return self._by_step.get(value.step)
        return None


def _is_optional(step: Step) -> bool:
    """Whether a step may not run; `if __name__ == "__main__"` holds wherever the graph is built."""
    return any(
        isinstance(branch.step.node, (ast.If, ast.Match, *TRIES)) and not _is_guard(branch.step.node)
        for branch in step.branches
    )


def _is_guard(node: ast.stmt) -> bool:
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant()]),
                    orelse=[]):  # fmt: skip
            return True
    return False


def _join(scope: str, name: str) -> str:
    return f"{scope}/{name}" if scope else name
