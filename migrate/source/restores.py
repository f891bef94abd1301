"""Reads `saver.restore(sess, path)`: which variables get their values from a checkpoint, and under which names."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrate.source.flow import Definition, Step, Value
from migrate.source.kinds import Kind, Kinds
from migrate.source.specs import argument_of

_AVERAGES = "ExponentialMovingAverage"
_OTHERWISE = frozenset({"reshape", "saver_def", "builder", "defer_build", "restore_sequentially"})
"""Arguments of a Saver that may change what it restores."""


@dataclass(frozen=True, slots=True, eq=False)
class Restore:
    """Values from a checkpoint.

    Attributes:
        saver: The call that made the Saver.
        session: The session that gets the values.
        made: The step that made it, or its list of variables: it knows those that were there by then.
        path: The checkpoint's prefix.
        variables: Name in the checkpoint -> variable, where the Saver is given a list or a dictionary; None for all
            of the graph's. In a list, the name is the variable's own: None stands for it.
        trainable: Whether it knows the trainable variables only.
        averages: The name below a trainable variable's own of its moving average, where averages are restored.
    """

    saver: ast.Call
    session: ast.expr
    made: Step
    path: ast.expr
    variables: tuple[tuple[str | None, Value], ...] | None = None
    trainable: bool = False
    averages: str = ""


def read_restore(step: Step, kinds: Kinds) -> Restore | None:
    """The restore that a step is, if it is one and all about it can be seen.

    Args:
        step: A step of the region.
        kinds: The region.
    """
    match step.node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=saver, attr="restore")) as call) if (
            kinds.of(saver) is Kind.SAVER
        ):
            pass
        case _:
            return None
    session, path = argument_of(call, "sess", 0), argument_of(call, "save_path", 1)
    made = kinds.region.value_of.get(saver) if isinstance(saver, ast.Name) else None
    if session is None or path is None or kinds.of(session) is not Kind.SESSION:
        return None
    if kinds.of(path) not in (Kind.PYTHON, Kind.CONFIG):
        return None
    if isinstance(saver, ast.Call) and kinds.symbol(saver) == "train.Saver":
        return _Reader(saver, session, step, path, kinds).read()
    if not isinstance(made, Definition) or not made.known or made.previous is not None or made.path:
        return None
    if not isinstance(made.expression, ast.Call) or kinds.symbol(made.expression) != "train.Saver":
        return None
    return _Reader(made.expression, session, made.step, path, kinds).read()


class _Reader:
    """Reads the Saver of a restore."""

    def __init__(self, saver: ast.Call, session: ast.expr, made: Step, path: ast.expr, kinds: Kinds) -> None:
        self.saver = saver
        self.kinds = kinds
        given = argument_of(saver, "var_list", 0)
        value = kinds.region.value_of.get(given) if isinstance(given, ast.Name) else None
        if isinstance(value, Definition):
            made = value.step
        self.given = _value(given, kinds)
        self.plain = Restore(saver, session, made, path)

    def read(self) -> Restore | None:
        """The restore; None where something about it is not understood."""
        saver = self.saver
        if any(isinstance(argument, ast.Starred) for argument in saver.args) or len(saver.args) > 1:
            return None
        if any(k.arg is None or (k.arg in _OTHERWISE and not _is_false(k.value)) for k in saver.keywords):
            return None
        match self.given:
            case None | ast.Constant(value=None):
                return self.plain
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return self._of_entries([None] * len(elements), elements)
            case ast.Dict(keys=keys, values=entries):
                names = [key.value if isinstance(key, ast.Constant) else None for key in keys]
                if not all(isinstance(name, str) for name in names):
                    return None
                return self._of_entries(names, entries)  # type: ignore[arg-type]
            case ast.Call() as call:
                return self._of_call(call)
        return None

    def _of_entries(self, names: Sequence[str | None], entries: Sequence[ast.expr]) -> Restore | None:
        found: list[tuple[str | None, Value]] = []
        for name, entry in zip(names, entries, strict=True):
            value = _variable(entry, self.kinds)
            if value is None:
                return None
            found.append((name, value))
        return replace(self.plain, variables=tuple(found))

    def _of_call(self, given: ast.Call) -> Restore | None:
        if given.args or given.keywords:
            return None
        name = self.kinds.symbol(given) or ""
        if name in ("global_variables", "all_variables"):
            return self.plain
        if name == "trainable_variables":
            return replace(self.plain, trainable=True)
        if isinstance(given.func, ast.Attribute) and given.func.attr == "variables_to_restore":
            averages = _value(given.func.value, self.kinds)
            if isinstance(averages, ast.Call) and self.kinds.symbol(averages) == f"train.{_AVERAGES}":
                named = argument_of(averages, "name", 3)
                if named is None:
                    return replace(self.plain, averages=_AVERAGES)
                if isinstance(named, ast.Constant) and isinstance(named.value, str):
                    return replace(self.plain, averages=named.value)
        return None


def _value(node: ast.expr | None, kinds: Kinds) -> ast.expr | None:
    """The expression that a name stands for, where it stands for one."""
    if isinstance(node, ast.Name):
        value = kinds.region.value_of.get(node)
        if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
            return value.expression
    return node


def _variable(node: ast.expr, kinds: Kinds) -> Value | None:
    if isinstance(node, ast.Name) and kinds.of(node) is Kind.VARIABLE:
        return kinds.region.value_of.get(node)
    return None


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
