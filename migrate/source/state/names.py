"""The TF1 names of the variables that a region makes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.source.arguments import call_arguments
from migrate.source.flow import LOOPS, WITHS, Definition, Step
from migrate.source.kinds import Kind, Kinds, calls, header
from migrate.source.layers.constants import Constants
from migrate.source.slicing.op_names import scope_of_name
from migrate.source.specs import argument_of
from migrate.source.state.arguments import is_none
from migrate.source.syntax import children, walk
from migrate.source.unprovable import VARIABLE, Unprovable

_DEFAULT_NAMES = {"constant": "const", "multiply": "mul", "subtract": "sub", "divide": "truediv", "negative": "neg",
                  "placeholderwithdefault": "placeholderwithdefault", "conv2d": "conv2d"}  # fmt: skip  # fmt: skip
_OPERATOR_NAMES = frozenset(
    {"add", "sub", "mul", "truediv", "div", "floordiv", "mod", "floormod", "pow", "neg", "matmul", "abs"}
)


_Arms = frozenset[tuple[Step, str]]
"""The branches of compound statements that a step is in and that need not run."""


@dataclass(frozen=True, slots=True)
class _Name:
    text: str | None
    """The TF1 name; None where it is only known at run time."""


class VariableNames:
    """The TF1 names of the variables a region makes.

    Follows `Graph.unique_name`: names are unique in a graph without regard to case, `get_variable` takes its prefix
    from the variable scopes and `tf.Variable` from the name scopes, which a second entry renames (`layer`, `layer_1`).
    """

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._constants = Constants(kinds.region)
        self._names: dict[ast.Call, _Name] = {}
        self._used: dict[str, int] = {}
        self._scopes: dict[Step, tuple[str | None, str | None]] = {}
        self._unsure: dict[str, list[_Arms | None]] = {}
        self._store: dict[str, str] = {}
        self._before: list[ast.AST] = []
        self._in_loops: set[str] = set()
        self._chosen: _Arms | None = frozenset()
        """The branches that a claim is made in; None where an expression need not make it, or makes it repeatedly."""
        # The statements of these are followed like the region's own.
        self._inlined = {
            kinds.region.function(call.func)
            for step in kinds.region.steps
            if step.inlined is not None
            for part in header(step.inlined)
            for call in calls(part)
        }
        for step in kinds.region.steps:
            self._visit(step)

    def name(self, call: ast.Call) -> str:
        """The name of the variable that a call makes.

        Raises:
            Unprovable: Where it is only known at run time.
        """
        known = self._names.get(call)
        if known is None or known.text is None:
            raise Unprovable(VARIABLE, "the variable's TF1 name is only known at run time", call)
        return known.text

    def shared(self) -> list[list[ast.Call]]:
        """The calls of `get_variable` that give the same variable, in the order in which they run; the first makes it."""
        found: dict[str, list[ast.Call]] = {}
        for call, name in self._names.items():
            if name.text is not None and self._kinds.symbol(call) == "get_variable":
                found.setdefault(name.text, []).append(call)
        return [calls_of_one for calls_of_one in found.values() if len(calls_of_one) > 1]

    def _visit(self, step: Step) -> None:
        variables, names = "", ""
        known = True
        for branch in step.branches:
            if branch.step in self._scopes:
                entered = self._scopes[branch.step]
                if entered[0] is None or entered[1] is None:
                    known = False
                else:
                    variables, names = entered[0], entered[1]
        if isinstance(step.node, (ast.With, ast.AsyncWith)):
            self._enter(step, variables, names, known=known)
            return
        arms = _arms(step)
        looped = any(isinstance(branch.step.node, LOOPS) for branch in step.branches)
        for part in header(step):
            self._before.append(part)
            chosen = _chosen(part)
            for call, repeated in _in_order(part):
                self._chosen = None if call in chosen or repeated else arms
                self._claim(call, variables, names, known=known, arms=arms, looped=looped or repeated)
                if call in chosen and call in self._names:
                    # It may not even be made.
                    self._names[call] = _Name(None)

    def _enter(self, step: Step, variables: str, names: str, *, known: bool) -> None:
        assert isinstance(step.node, (ast.With, ast.AsyncWith))
        result: tuple[str | None, str | None] = (variables, names) if known else (None, None)
        for item in step.node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                continue
            name = self._kinds.symbol(call)
            last = (name or "").rpartition(".")[2]
            if last == "Graph" or (isinstance(call.func, ast.Attribute) and call.func.attr == "as_default"):
                if self._kinds.of(call) is Kind.GRAPH or last == "Graph":
                    self._forget()
                    result = ("", "")
            elif last in ("op_scope", "variable_op_scope") or any(
                k.arg == "auxiliary_name_scope" for k in call.keywords
            ):
                result = (None, None)
            elif last in ("variable_scope", "name_scope") and result[0] is not None:
                text = self._text(
                    call.args[0] if call.args else argument_of(call, "name_or_scope", 0) or argument_of(call, "name", 0)
                )
                if text is None:
                    # `get_variable` does not ask for name scopes.
                    again = self._entered_again(call, result[0]) if last == "variable_scope" else result[0]
                    default = self._text(argument_of(call, "default_name", 1))
                    opened = default or (again.rpartition("/")[2] if again and last == "variable_scope" else None)
                    if opened and result[1] is not None:
                        # The name scope takes its name from what is named later.
                        self._unique(opened, result[1])
                        self._note(_join(result[1], opened), _arms(step))
                    # The scope is known, the name scope beside it is a new one.
                    result = (again, f"{result[1]}?") if again is not None else (None, None)
                    continue
                outer_variables, outer_names = result
                assert outer_names is not None
                unsure = self._is_unsure(_join(outer_names, text), _arms(step))
                entered = text.rstrip("/") if text.endswith("/") else self._unique(text, outer_names)
                self._note(_join(outer_names, text), _arms(step))
                if self._op_name(text) or unsure:
                    # Variables of the variable scope are still named after it, those of the name scope are not sure.
                    entered = f"{entered}?"
                result = (_join(outer_variables, text) if last != "name_scope" else outer_variables, entered)
        self._scopes[step] = result

    def _entered_again(self, call: ast.Call, outer: str | None) -> str | None:
        """The variable scope behind `scope` in `with tf.variable_scope(scope)`: the current one, or entered above."""
        given = argument_of(call, "name_or_scope", 0)
        if isinstance(given, ast.Call) and self._kinds.symbol(given) == "get_variable_scope":
            return outer
        value = self._kinds.region.value_of.get(given) if isinstance(given, ast.Name) else None
        if not isinstance(value, Definition) or value.previous is not None:
            return None
        match value.step.node:
            case ast.With(items=[ast.withitem(context_expr=ast.Call() as made, optional_vars=ast.Name())]):
                if (self._kinds.symbol(made) or "").rpartition(".")[2] == "variable_scope":
                    return self._scopes.get(value.step, (None, None))[0]
        return None

    def _claim(self, call: ast.Call, variables: str, names: str, *, known: bool, arms: _Arms, looped: bool) -> None:
        symbol = self._kinds.symbol(call)
        if symbol is None:
            return
        if symbol == "reset_default_graph":
            self._forget()
            return
        if symbol == "get_variable":
            text = self._text(argument_of(call, "name", 0))
            if text is None or not known:
                self._names[call] = _Name(None)
                return
            full = _join(variables, text)
            if full not in self._store:
                self._store[full] = "" if self._op_name(full) else self._unique(full, "")
            self._names[call] = _Name(self._store[full] or None)
            return
        if symbol == "Variable":
            given = argument_of(call, "name", 5)
            if is_none(given):
                given = None
            text = "Variable" if given is None else self._text(given)
            if text is None or not known:
                self._names[call] = _Name(None)
                return
            plain = _join(names, text)
            unsure = self._is_unsure(plain, arms) or (given is not None and self._op_name(text))
            unique = self._unique(text, names)
            self._names[call] = _Name(None if unsure or "?" in unique else unique)
        else:
            given = next((keyword.value for keyword in call.keywords if keyword.arg == "name"), None)
            text = self._text(given)
            if text is None or not known or self._kinds.of(call) not in (Kind.TENSOR, Kind.PLACEHOLDER):
                return
            self._unique(text, names)
        if looped:
            self._in_loops.add(text.lower())
        self._note(_join(names, text), self._chosen)

    def _note(self, name: str, arms: _Arms | None) -> None:
        """Keeps a name that is only given in some branches."""
        if arms is None or arms:
            self._unsure.setdefault(name.lower(), []).append(arms)

    def _is_unsure(self, name: str, arms: _Arms) -> bool:
        """Whether a name may have been given before, under a condition that need not hold in the given branches."""
        return any(given is None or not given <= arms for given in self._unsure.get(name.lower(), ()))

    def _forget(self) -> None:
        """Another graph, with names of its own."""
        self._used, self._unsure, self._store = {}, {}, {}

    def _may_be_taken(self, text: str) -> bool:
        """Whether an earlier op may have the name, in a way that is not followed here.

        Names are given by position, computed, or given in a loop or in a helper function.
        """
        wanted = text.rpartition("/")[2].lower()
        for part in self._before:
            for node in walk(part):
                if not isinstance(node, ast.Call):
                    continue
                if self._kinds.symbol(node) is None:
                    function = self._kinds.region.function(node.func)
                    if (
                        function is not None
                        and function not in self._inlined
                        and self._names_in(function, wanted, node)
                    ):
                        return True
                    continue
                last = (self._kinds.symbol(node) or "").rpartition(".")[2]
                if (
                    last in ("Variable", "get_variable", "variable_scope", "name_scope")
                    or self._kinds.of(node) is Kind.CONFIG
                ):
                    continue
                if any(
                    isinstance(a, ast.Constant) and isinstance(a.value, str) and a.value.lower() == wanted
                    for a in node.args
                ):
                    return True
                if last == "global_variables_initializer" and wanted == "init":
                    return True
                for keyword in node.keywords:
                    if keyword.arg == "name" and self._may_read(keyword.value, wanted):
                        return True
        return wanted in self._in_loops

    def _names_in(self, function: ast.FunctionDef, wanted: str, call: ast.Call) -> bool:
        """Whether a helper function gives a name to an op, of its own or one that it is given."""
        given = call_arguments(call, function) or {}
        for node in walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() == wanted:
                return True
            if isinstance(node, ast.keyword) and node.arg == "name" and not isinstance(node.value, ast.Constant):
                passed = given.get(node.value.id) if isinstance(node.value, ast.Name) else None
                text = self._text(passed) if not _sets(function, node.value) else None
                if text is None or text.rpartition("/")[2].lower() == wanted:
                    return True
        return False

    def _op_name(self, text: str) -> bool:
        """Whether an op without a name of its own may have taken a name before: `tf.matmul` calls itself MatMul."""
        if self._may_be_taken(text):
            return True
        wanted = text.rpartition("/")[2].lower().replace("_", "")
        for part in self._before:
            for node in walk(part):
                if isinstance(node, ast.Call):
                    name = (self._kinds.symbol(node) or "").rpartition(".")[2]
                    plain = name.lower().replace("_", "").removeprefix("reduce")
                    if wanted in (plain, _DEFAULT_NAMES.get(plain, plain)) and name not in (
                        "get_variable",
                        "Variable",
                    ):
                        if not any(keyword.arg == "name" for keyword in node.keywords):
                            return True
                elif isinstance(node, (ast.BinOp, ast.UnaryOp)) and wanted in _OPERATOR_NAMES:
                    return True
        return False

    def _may_read(self, node: ast.expr, wanted: str) -> bool:
        """Whether the name that an op is given, other than in plain words, may be a certain one."""
        if self._text(node) is not None:
            # It is counted where it is given.
            return False
        scope = scope_of_name(node, self._kinds)
        if scope is not None:
            return any(name is None or name.rpartition("/")[2].lower() == wanted for name in self._scopes[scope])
        match node:
            case ast.BinOp(left=ast.Constant(value=str(template)), op=ast.Mod()):
                start = template.partition("%")[0]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(template)), attr="format")):
                start = template.partition("{")[0]
            case ast.BinOp(left=ast.Constant(value=str(start)), op=ast.Add()):
                pass
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
                pass
            case _:
                return not isinstance(node, ast.Constant)
        return wanted.startswith(start.rpartition("/")[2].lower())

    def _text(self, node: ast.expr | None) -> str | None:
        """What a text is, as far as the source tells."""
        value = self._constants.value(node) if node is not None else None
        return value if isinstance(value, str) else None

    def _unique(self, text: str, scope: str) -> str:
        full = _join(scope, text.rstrip("/"))
        count = self._used.get(full.lower(), 0)
        self._used[full.lower()] = count + 1
        if count == 0:
            return full
        candidate = full
        while candidate.lower() in self._used:
            candidate = f"{full}_{count}"
            count += 1
        self._used[candidate.lower()] = 1
        return candidate


def _in_order(node: ast.AST, repeated: bool = False) -> Iterator[tuple[ast.Call, bool]]:
    """The calls in a piece of code in the order they are made, arguments first, and whether each is made repeatedly."""
    repeated = repeated or isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
    for child in children(node):
        yield from _in_order(child, repeated)
    if isinstance(node, ast.Call):
        yield node, repeated


def _sets(function: ast.FunctionDef, name: ast.expr) -> bool:
    """Whether a function gives a parameter another value."""
    return isinstance(name, ast.Name) and any(
        isinstance(node, ast.Name) and node.id == name.id and not isinstance(node.ctx, ast.Load)
        for node in walk(function)
    )


def _join(scope: str | None, name: str) -> str:
    return f"{scope}/{name}" if scope else name


def _arms(step: Step) -> _Arms:
    """The branches around a step that need not run, or run several times."""
    return frozenset((b.step, b.name) for b in step.branches if not isinstance(b.step.node, WITHS))


def _chosen(part: ast.AST) -> set[ast.AST]:
    """What an expression only evaluates under a condition."""
    found: set[ast.AST] = set()
    for node in walk(part):
        match node:
            case ast.IfExp(body=body, orelse=other):
                found |= {*walk(body), *walk(other)}
            case ast.BoolOp(values=[_, *others]):
                found |= {inner for one in others for inner in walk(one)}
    return found
