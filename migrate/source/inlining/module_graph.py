"""A graph that a script builds at its top level, read as if the function that exports it built it.

The statements that make the graph move to the head of the function, where nothing but that function uses what they
make. What is at the top level for good (constants, flags, functions, classes) stays there.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.source.inlining.body import refuse_unusual, string_lines, without_docstring
from migrate.source.inlining.paths import Path, definition_at
from migrate.source.inlining.text import Source
from migrate.source.inlining.unused import is_script
from migrate.source.strategies.wrapping.building import call_builds
from migrate.source.strategies.wrapping.nodes import calls_of, reached
from migrate.source.symbols import Scope
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Inapplicable, Unprovable

_SESSIONS = frozenset({"Session", "InteractiveSession"})
_NEEDED = frozenset({"train.Saver"})
"""What looks at the graph that is there, and so must come behind it."""
_MOVED = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.With, ast.For, ast.If)
_CONSTANT = frozenset({"math", "collections", "functools", "string", "operator", "random", "__future__", "typing"})
"""Packages of Python that give the same at any time; random numbers are looked at on their own."""
_CHANGERS = frozenset({"append", "extend", "insert", "update", "pop", "clear", "setdefault", "remove", "add", "sort",
                       "reverse", "discard", "popitem"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovedGraph:
    """A module whose graph is built in a function.

    Attributes:
        source: The module.
        names: What the function binds now, and the module no more.
        region: The function.
    """

    source: Source
    names: frozenset[str]
    region: Path

    def refuse_read(self, text: str) -> None:
        """Refuses a text in which other code still reads what moved.

        Raises:
            Unprovable: With the place.
        """
        source = Source(text)
        inside = set(walk(definition_at(source.tree, self.region)))
        for node in source.nodes:
            if isinstance(node, ast.Name) and node.id in self.names and node not in inside:
                owner = source.symbols.module
                scope = _scope_of(source, node)
                if scope.owner(node.id) in (owner, None):
                    raise Unprovable(ELSEWHERE, f"'{node.id}' is also used outside of '{self.region[-1]}'", node)


def with_module_graph(source: Source, region: Path) -> MovedGraph:
    """The module with its graph at the head of a function.

    Args:
        source: The module.
        region: The function, by names from the outside in.

    Raises:
        Inapplicable: The function uses nothing of a graph at the top level.
        Unprovable: The graph cannot move.
    """
    node = definition_at(source.tree, region)
    if not isinstance(node, ast.FunctionDef):
        raise Inapplicable(ELSEWHERE, "it is no function")
    return _Mover(source, region, node).moved()


class _Mover:
    def __init__(self, source: Source, region: Path, function: ast.FunctionDef) -> None:
        self.source = source
        self.region = region
        self.function = function
        self.symbols = source.symbols
        self.module = self.symbols.module
        self.statements = [one for one in source.tree.body if not isinstance(one, ast.Import | ast.ImportFrom)]

    def moved(self) -> MovedGraph:
        graph, names = self._graph()
        if not any(self._makes(one) for one in graph):
            raise Inapplicable(ELSEWHERE, "the function uses no graph of the module", self.function)
        refuse_unusual(self.function)
        if not is_script(self.source):
            raise Unprovable(ELSEWHERE, "other modules may use the graph that this one makes", graph[0])
        self._refuse_order(graph, names)
        self._refuse_other_values(graph, names)
        self._refuse_again(graph)
        self._refuse_chance(graph)
        self._refuse_moments(graph)
        return MovedGraph(self._written(graph), frozenset(names), self.region)

    # ---- which statements ------------------------------------------------------------------------------------

    def _graph(self) -> tuple[list[ast.stmt], set[str]]:
        """The statements that make the graph, or use what it is made of, and the names they bind."""
        graph: list[ast.stmt] = []
        names: set[str] = set()
        for statement in self.statements:
            if not isinstance(statement, _MOVED) or _is_program(statement):
                continue
            used = (_read(statement) | _bound(statement)) & names
            if (used or self._builds(statement)) and not self._runs(statement):
                graph.append(statement)
                names |= _bound(statement)
        return graph, names

    def _builds(self, statement: ast.stmt) -> bool:
        for scope, call in self._calls(statement):
            name = self.symbols.resolve(call.func, scope)
            if name in _SESSIONS or name in _NEEDED or call_builds(call, scope, self.symbols):
                return True
        return False

    def _makes(self, statement: ast.stmt) -> bool:
        """Whether a statement makes tensors, variables or a session by TensorFlow's own functions."""
        for scope, call in self._calls(statement):
            name = self.symbols.resolve(call.func, scope)
            if name in _SESSIONS or (
                name is not None and name not in _NEEDED and call_builds(call, scope, self.symbols)
            ):
                return True
        return False

    def _calls(self, statement: ast.stmt) -> Iterator[tuple[Scope, ast.Call]]:
        for scope, call in calls_of(self.module, self.symbols):
            if statement.lineno <= call.lineno <= (statement.end_lineno or 0):
                yield scope, call

    def _runs(self, statement: ast.stmt) -> bool:
        """Whether a statement calls the function, itself or through others."""
        for node in walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                called = self.symbols.function(node, self.module)
                if called is not None:
                    scopes = reached(self.symbols.scope_of(called), self.symbols)
                    if any(scope.node is self.function for scope in scopes):
                        return True
            if isinstance(node, ast.Call) and (self.symbols.resolve(node.func, self.module) or "") == "app.run":
                return True
        return False

    # ---- what may be in the way ------------------------------------------------------------------------------

    def _refuse_order(self, graph: list[ast.stmt], names: set[str]) -> None:
        """Between the graph and what runs the function, nothing may use the graph."""
        started = False
        begun = False
        for statement in self.statements:
            if statement in graph:
                begun = True
                if started:
                    raise Unprovable(CONTROL_FLOW, "the graph is still built when the export has run", statement)
                continue
            if begun and self._resets(statement):
                raise Unprovable(CONTROL_FLOW, "the default graph is reset after a part of it is built", statement)
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                continue
            started = started or self._runs(statement)
            if (_read(statement) | _bound(statement)) & names:
                said = "other code of the module uses the graph that is built at its top level"
                raise Unprovable(ELSEWHERE, said, statement)
        own = self.symbols.scope_of(self.function).bindings
        for name in sorted(names & own.keys()):
            raise Unprovable(CONTROL_FLOW, f"'{name}' is another thing in '{self.function.name}'", self.function)
        for node in walk(self.source.tree):
            if isinstance(node, ast.Global) and set(node.names) & names:
                raise Unprovable(CONTROL_FLOW, "a function sets names of the graph at the top level", node)

    def _resets(self, statement: ast.stmt) -> bool:
        calls = self._calls(statement)
        return any(self.symbols.resolve(call.func, scope) == "reset_default_graph" for scope, call in calls)

    def _refuse_other_values(self, graph: list[ast.stmt], names: set[str]) -> None:
        """What the graph is made with must be the same when the function runs."""
        own = self.symbols.scope_of(self.function).bindings
        for statement in graph:
            for name in sorted(_read(statement) - names):
                if name in own:
                    raise Unprovable(CONTROL_FLOW, f"'{name}' is another thing in '{self.function.name}'", statement)
                if self._changes(name, statement):
                    said = f"'{name}' may have another value when '{self.function.name}' runs"
                    raise Unprovable(CONTROL_FLOW, said, statement)

    def _changes(self, name: str, after: ast.stmt) -> bool:
        if len(self.module.bindings.get(name, ())) > 1:
            return True
        for node in self.source.named(name):
            parent = self.source.parents[node]
            later = node.lineno > after.lineno
            match parent:
                case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()) if later:
                    return True
                case ast.Attribute(attr=attribute) if later and attribute in _CHANGERS:
                    return True
        return any(isinstance(node, ast.Global) and name in node.names for node in self.source.nodes)

    def _refuse_again(self, graph: list[ast.stmt]) -> None:
        """A session that the module makes once must not be made at each call."""
        sessions = any(
            self.symbols.resolve(call.func, scope) in _SESSIONS for one in graph for scope, call in self._calls(one)
        )
        calls = [
            node
            for node in self.source.named(self.function.name)
            if isinstance(node.ctx, ast.Load) and node not in set(walk(self.function))
        ]
        if sessions and (len(self.region) > 1 or len(calls) > 1 or any(self._in_loop(node) for node in calls)):
            raise Unprovable(CONTROL_FLOW, f"'{self.function.name}' may run several times", self.function)

    def _refuse_chance(self, graph: list[ast.stmt]) -> None:
        """Random numbers of Python and numpy come in the order in which they are asked for."""
        inside = {node for one in graph for node in walk(one)}
        draws = [node for node in self.source.nodes if isinstance(node, ast.Attribute) and self._draws(node)]
        if any(node in inside for node in draws) and any(node not in inside for node in draws):
            raise Unprovable(CONTROL_FLOW, "the graph is made with random numbers, of which others are drawn", graph[0])

    def _refuse_moments(self, graph: list[ast.stmt]) -> None:
        """What is another thing a moment later: an iterator, a file, the time, the environment."""
        for node in (node for one in graph for node in walk(one)):
            match node:
                case ast.Call(func=ast.Name(id="next" | "open" | "input" | "eval" | "exec" | "globals" as called)):
                    raise Unprovable(CONTROL_FLOW, f"the graph is made with what {called}() gives", node)
                case ast.Attribute():
                    name = self.symbols.qualified(node, self.module) or ""
                    package = name.partition(".")[0]
                    if package in sys.stdlib_module_names - _CONSTANT and not name.startswith("os.path"):
                        raise Unprovable(CONTROL_FLOW, f"the graph is made with {name}, which may change", node)

    def _draws(self, node: ast.Attribute) -> bool:
        name = self.symbols.qualified(node, self.module) or ""
        return name.startswith(("numpy.random.", "random.")) and not name.endswith(".seed")

    def _in_loop(self, node: ast.AST) -> bool:
        while not isinstance(node, ast.Module):
            if isinstance(node, (ast.For, ast.While)):
                return True
            node = self.source.parents[node]
        return False

    # ---- text ------------------------------------------------------------------------------------------------

    def _written(self, graph: list[ast.stmt]) -> Source:
        source = self.source
        first = (without_docstring(self.function.body) or self.function.body)[0]
        indent = source.indent(first)
        if first.lineno == self.function.lineno or not indent.strip(" \t") == "" or not indent:
            raise Unprovable(CONTROL_FLOW, f"{self.function.name} is written on one line", self.function)
        kept = string_lines(source.tree)
        taken: set[int] = set()
        body: list[str] = []
        for statement in graph:
            source.indent(statement)
            start = statement.lineno
            while start > 1 and _is_comment(source.lines[start - 2]):
                start -= 1
            if body and any(not source.lines[number - 1].strip() for number in range(max(taken) + 1, start)):
                body.append("")
            for number in range(start, (statement.end_lineno or start) + 1):
                line = source.lines[number - 1]
                body.append(line if number in kept or not line.strip() else indent + line)
                taken.add(number)
        place = first.lineno
        while source.lines[place - 2].strip().startswith("#") and place - 1 > self.function.lineno:
            place -= 1
        lines: list[str] = []
        for number, line in enumerate(source.lines, 1):
            if number == place:
                lines += [*body, ""]
            if number not in taken:
                lines.append(line)
            elif number + 1 not in taken:
                # Of the empty lines on both sides of what moved, the longer run is left.
                above, below = _empty(lines[::-1]), _empty(source.lines[number:])
                del lines[len(lines) - min(above, below) :]
        return Source("\n".join(lines))


def _is_program(statement: ast.stmt) -> bool:
    """Whether a compound statement is the program, or a part that runs the graph: it is not to move."""
    if isinstance(statement, (ast.For, ast.If)):
        return any(
            (isinstance(node, ast.Name) and node.id == "__name__")
            or (isinstance(node, ast.Attribute) and node.attr in ("run", "eval"))
            for node in walk(statement)
        )
    return False


def _is_comment(line: str) -> bool:
    return line.startswith("#") and not line.startswith("#!")


def _empty(lines: list[str]) -> int:
    """How many empty lines come first."""
    return next((count for count, line in enumerate(lines) if line.strip()), len(lines))


def _bound(statement: ast.stmt) -> set[str]:
    return {node.id for node in walk(statement) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}


def _read(statement: ast.stmt) -> set[str]:
    return {node.id for node in walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _scope_of(source: Source, node: ast.AST) -> Scope:
    around = source.parents[node]
    while not isinstance(
        around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module, ast.ListComp, ast.SetComp,
                 ast.DictComp, ast.GeneratorExp)
    ):  # fmt: skip
        around = source.parents[around]
    return source.symbols.scope_of(around) if not isinstance(around, ast.Module) else source.symbols.module
