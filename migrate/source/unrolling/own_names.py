"""A name of its own for every variable.

`W = tf.Variable(...)`, and further down another `W`: a graph holds both, but the value of the first cannot be read any
more once the session has trained them. So each gets a name that stays, and so does a variable that is made inside a
larger expression.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from migrate.source.flow import LOOPS, Definition, Merge, Step, Value
from migrate.source.inlining.nodes import identifiers_of
from migrate.source.inlining.text import Source
from migrate.source.kinds import Kind, Kinds, calls, header
from migrate.source.slicing.state_calls import makes_state, state_call, state_leaves
from migrate.source.syntax import walk
from migrate.source.unprovable import VARIABLE, Inapplicable
from migrate.source.unrolling.written_out import WrittenOut

_TRANSPARENT = (ast.Call, ast.keyword, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Attribute, ast.Subscript)


def shares_names(kinds: Kinds) -> bool:
    """Whether variables of a region have no name that is theirs to the end."""
    names = _Names(kinds)
    return any(True for _ in names.rebound()) or any(True for _ in names.nameless())


def with_own_names(text: str, kinds: Kinds) -> WrittenOut:
    """Gives each variable of a region a name.

    Args:
        text: The module's source.
        kinds: The region.

    Raises:
        Unprovable: There is nothing to do.
    """
    names = _Names(kinds, Source(text, kinds.region.symbols))
    for definition in names.rebound():
        names.rename(definition)
    for statement, call in names.nameless():
        names.name(statement, call)
    if not names.edits:
        raise Inapplicable(VARIABLE, "all variables have names of their own")
    return _edited(text, kinds, names.edits)


@dataclass(slots=True, eq=False)
class _Names:
    kinds: Kinds
    source: Source | None = None
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    # ---- names that are set anew ----------------------------------------------------------------------------

    def rebound(self) -> list[Definition]:
        """Variables whose name becomes something else, and that can be told from it everywhere."""
        region = self.kinds.region
        scope = region.scope
        states = [
            made
            for step in region.steps
            if step.inlined is None and not _in_loop(step)
            for made in step.writes
            if len(scope.bindings.get(made.name, ())) > 1 and self._is_variable(made)
        ]
        if not states:
            return []
        merged = self._merged()
        inner = self._read_in_functions()
        fixed = set(scope.globals) | set(scope.nonlocals) | inner
        found: list[Definition] = []
        for name in dict.fromkeys(state.name for state in states):
            own = [state for state in states if state.name == name]
            if name in fixed or any(state in merged for state in own):
                continue
            if len(own) == len(scope.bindings[name]):
                # The first may keep it.
                own = own[1:]
            found += own
        return found

    def _is_variable(self, made: Definition) -> bool:
        if self.kinds.value(made) is not Kind.VARIABLE or made.path or made.previous is not None:
            return False
        node = made.step.node
        plain = isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        return plain and isinstance(state_call(made, self.kinds), ast.Call)

    def _merged(self) -> set[Value]:
        """Values that are read as one of several, or changed."""
        found: set[Value] = set()
        pending: list[Value] = [value for value in self.kinds.region.value_of.values() if isinstance(value, Merge)]
        pending += [
            made.previous for step in self.kinds.region.steps for made in step.writes if made.previous is not None
        ]
        while pending:
            value = pending.pop()
            if value in found:
                continue
            found.add(value)
            if isinstance(value, Merge):
                pending += value.inputs
        return found

    def _read_in_functions(self) -> set[str]:
        """Names of the region that functions read, at times of their own."""
        region = self.kinds.region
        found: set[str] = set()
        for node in walk(region.scope.node):
            if node is not region.scope.node and isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
                found |= {inner.id for inner in walk(node) if isinstance(inner, ast.Name)}
        if isinstance(region.scope.node, ast.Module):
            found |= {name for other in region.symbols.scopes() for name in other.globals}
        return found

    def rename(self, definition: Definition) -> None:
        """Another name for a variable, where it is made and wherever it is read."""
        node = definition.step.node
        assert isinstance(node, ast.Assign)
        new = self._fresh(definition.name)
        self._put(node.targets[0], new)
        for name, value in self.kinds.region.value_of.items():
            if value is definition and isinstance(name.ctx, ast.Load):
                self._put(name, new)

    # ---- variables without names ----------------------------------------------------------------------------

    def nameless(self) -> list[tuple[ast.stmt, ast.Call]]:
        """Variables that are made inside a larger expression."""
        found: list[tuple[ast.stmt, ast.Call]] = []
        for step in self.kinds.region.steps:
            if step.inlined is not None or _in_loop(step) or not isinstance(step.node, (ast.Assign, ast.Expr)):
                continue
            value = step.node.value
            if state_leaves(value, self.kinds) or (isinstance(value, ast.Call) and makes_state(value, self.kinds)):
                continue
            made = [c for part in header(step) for c in calls(part) if self._makes_variable(c)]
            above = {child: node for node in walk(step.node) for child in ast.iter_child_nodes(node)}
            if made and all(self._is_plain(call, step.node, above) for call in made):
                made.sort(key=lambda call: (call.end_lineno or 0, call.end_col_offset or 0))
                found += [(step.node, call) for call in made]
        return found

    def _makes_variable(self, call: ast.Call) -> bool:
        return makes_state(call, self.kinds) and self.kinds.of(call) is Kind.VARIABLE

    def _is_plain(self, call: ast.AST, statement: ast.stmt, above: dict[ast.AST, ast.AST]) -> bool:
        """Whether a call is evaluated once, whatever stands around it."""
        while above[call] is not statement:
            call = above[call]
            if not isinstance(call, _TRANSPARENT) or (isinstance(call, ast.Call) and self._makes_variable(call)):
                return False
        return call is getattr(statement, "value", None)

    def name(self, statement: ast.stmt, call: ast.Call) -> None:
        """A statement of its own for the making of a variable."""
        assert self.source is not None
        given = next((k.value for k in call.keywords if k.arg == "name"), None)
        if given is None and self.kinds.symbol(call) == "get_variable" and call.args:
            given = call.args[0]
        text = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
        name = self._fresh(text if re.fullmatch(r"[A-Za-z_]\w*", text) else "variable", plain=True)
        start = self._offset(statement.lineno, statement.col_offset)
        indent = self.source.indent(statement)
        self.edits.append((start, start, f"{name} = {self.source.segment(call)}\n{indent}"))
        self._put(call, name)

    # ---- text -----------------------------------------------------------------------------------------------

    def _fresh(self, name: str, *, plain: bool = False) -> str:
        if not self._taken:
            self._taken = {one for node in walk(self.kinds.region.symbols.tree) for one in identifiers_of(node)}
        candidate, count = name if plain else f"{name}_2", 2
        while candidate in self._taken:
            candidate, count = f"{name}_{count}", count + 1
        self._taken.add(candidate)
        return candidate

    def _offset(self, line: int, column: int) -> int:
        assert self.source is not None
        return sum(len(text) + 1 for text in self.source.lines[: line - 1]) + self.source.column(line, column)

    def _put(self, node: ast.expr, text: str) -> None:
        start = self._offset(node.lineno, node.col_offset)
        self.edits.append((start, self._offset(node.end_lineno or 0, node.end_col_offset or 0), text))


def _in_loop(step: Step) -> bool:
    return any(isinstance(branch.step.node, LOOPS) for branch in step.branches)


def _edited(text: str, kinds: Kinds, edits: list[tuple[int, int, str]]) -> WrittenOut:
    parts: list[str] = []
    origins = [1]
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        for piece, moves in ((text[at:start], True), (new, False)):
            parts.append(piece)
            for _ in range(piece.count("\n")):
                origins.append(origins[-1] + 1 if moves else origins[-1])
        origins[-1] = text.count("\n", 0, start) + 1
        at = end
    parts.append(text[at:])
    line = text.count("\n", 0, at) + 1
    origins += range(line + 1, line + 1 + text.count("\n", at))
    return WrittenOut(kinds.region.scope, "".join(parts), tuple(origins))
