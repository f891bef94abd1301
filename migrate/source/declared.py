"""Calls of functions that users declared to be exports: read as the TF1 calls they stand for.

The syntax tree gets the TF1 call in the place of the declared one, at the same position. So everything that reads the
tree sees a plain `simple_save`, and the text changes only where a strategy changes it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from migrate.source.emit.writer import call as call_text
from migrate.source.scoped import scoped
from migrate.source.symbols import Bound, Imported, Scope, Symbols
from migrate.wrappers import SIMPLE_SAVE, TARGETS, Wrapper

_ACTING = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
_MODULE = "<saved_model>"
_FUNCTIONS = {SIMPLE_SAVE: "simple_save"}


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredCall:
    """A call of a declared function.

    Attributes:
        wrapper: What was declared.
        call: It, with TF1's function and arguments.
        function: What the source calls.
        problem: Why its arguments cannot be read; empty if they can.
    """

    wrapper: Wrapper
    call: ast.Call
    function: ast.expr
    problem: str = ""

    def text(self, name: str, source_of: Callable[[ast.expr], str]) -> str:
        """The call of another function that takes TF1's arguments, which are evaluated in the same order.

        Args:
            name: What is called.
            source_of: Gives the text of an expression.
        """
        texts: list[str] = []
        plain = True
        order = list(TARGETS[self.wrapper.target])
        for position, keyword in enumerate(self.call.keywords):
            plain = plain and order.index(str(keyword.arg)) == position
            texts.append(source_of(keyword.value) if plain else f"{keyword.arg}={source_of(keyword.value)}")
        return call_text(name, texts, depth=self.call.col_offset // 2)


def read_declared(symbols: Symbols, path: str, wrappers: Sequence[Wrapper]) -> dict[ast.Call, DeclaredCall]:
    """Puts TF1 calls in the place of declared ones.

    Args:
        symbols: The module's names; its tree is changed.
        path: Where the module is, which tells what relative imports and its own functions are called.
        wrappers: What users declared.

    Returns:
        The calls that were declared.
    """
    if not wrappers:
        return {}
    found: dict[ast.Call, DeclaredCall] = {}
    for node, scope in scoped(symbols):
        if isinstance(node, ast.Call):
            name, whole = _name(node.func, scope, symbols, path)
            for wrapper in wrappers:
                if name == wrapper.name or (not whole and f".{name}".endswith(f".{wrapper.name}")):
                    found[node] = DeclaredCall(wrapper, node, node.func)
                    break
    for call, declared in found.items():
        found[call] = _replaced(call, declared)
        symbols.replaced.add(_root(declared.function))
    if found:
        symbols.changed()
        place = ast.Import(names=[], lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
        symbols.module.bind(_MODULE, Imported("tensorflow.saved_model", place))
    return found


def _name(function: ast.expr, scope: Scope, symbols: Symbols, path: str) -> tuple[str, bool]:
    """The dotted name of a function; and whether that is all of it, or may have more packages in front."""
    qualified = symbols.qualified(function, scope)
    if qualified is not None:
        return qualified, True
    attributes: list[str] = []
    while isinstance(function, ast.Attribute):
        attributes.insert(0, function.attr)
        function = function.value
    owner = scope.owner(function.id) if isinstance(function, ast.Name) else None
    if owner is None or not isinstance(function, ast.Name) or path == "-":
        return "", True
    file = PurePath(path).with_suffix("")
    own = list(file.parts[:-1] if file.name == "__init__" else file.parts)
    match owner.bindings[function.id]:
        case [Bound(node=ast.FunctionDef() | ast.ClassDef())] if owner is symbols.module:
            return ".".join([*own, function.id, *attributes]), False
        case [Bound(node=ast.ImportFrom(level=level, module=module, names=names))]:
            package = own if file.name == "__init__" else own[:-1]
            kept = package[: len(package) - (level - 1)]
            imported = next((a.name for a in names if (a.asname or a.name) == function.id), function.id)
            return ".".join([*kept, *([module] if module else []), imported, *attributes]), False
    return "", True


def _root(function: ast.expr) -> str:
    """The name that a dotted name starts with."""
    while isinstance(function, ast.Attribute):
        function = function.value
    return function.id if isinstance(function, ast.Name) else ""


def _replaced(call: ast.Call, declared: DeclaredCall) -> DeclaredCall:
    """Makes a call that of TF1."""
    wrapper = declared.wrapper
    given, problem = _given(call, wrapper)
    base = ast.copy_location(ast.Name(_MODULE, ast.Load()), call.func)
    name = _FUNCTIONS.get(wrapper.target, "Builder")
    call.func = ast.copy_location(ast.Attribute(base, name, ast.Load()), call.func)
    if not problem:
        call.args = []
        keywords = [
            ast.keyword(key, given[parameter], **_position(given[parameter]))
            for key, parameter in wrapper.arguments
            if parameter in given
        ]
        call.keywords = sorted(keywords, key=lambda keyword: (keyword.value.lineno, keyword.value.col_offset))
    return replace(declared, problem=problem)


def _position(node: ast.expr) -> dict[str, int]:
    return {
        "lineno": node.lineno,
        "col_offset": node.col_offset,
        "end_lineno": node.end_lineno or node.lineno,
        "end_col_offset": node.end_col_offset or node.col_offset,
    }


def _given(call: ast.Call, wrapper: Wrapper) -> tuple[dict[str, ast.expr], str]:
    """The arguments by the wrapper's parameters, and why they cannot be read."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not k.arg for k in call.keywords):
        return {}, f"the arguments of {wrapper.word} are passed on with * or **"
    if len(call.args) > len(wrapper.parameters):
        return {}, f"{wrapper.word} has more arguments than were declared"
    given = dict(zip(wrapper.parameters, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in wrapper.parameters:
            return {}, f"{wrapper.word} was declared without the parameter {keyword.arg}"
        given[str(keyword.arg)] = keyword.value
    required = [parameter for key, parameter in wrapper.arguments if key != TARGETS[SIMPLE_SAVE][-1]]
    missing = [parameter for parameter in required if parameter not in given]
    if missing:
        return {}, f"{missing[0]} is not given to {wrapper.word}"
    for parameter in wrapper.ignore:
        value = given.get(parameter)
        if value is not None and any(isinstance(node, _ACTING) for node in ast.walk(value)):
            return {}, f"{parameter} is given what a call returns, which would not be called any more"
    return given, ""
