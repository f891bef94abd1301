"""Which definition does a name mean at this place, and what does a value depend on?

A region is the body of one function, or of the module. Its statements become steps in order of execution; every
read of a name is resolved to the value it means there: a definition, a parameter, something from outside, or a
merge of several where control flow joins. This is the usual static single assignment form, kept beside the
syntax tree instead of in its place, because the tree is what gets edited.

`Region.graph` is the same as a networkx DiGraph with an edge from a value to each value it is computed from.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import networkx as nx

from migrate.source.symbols import ComprehensionNode, Scope, Symbols, parameters
from migrate.source.syntax import children, walk


@dataclass(slots=True, eq=False)
class Value:
    """What a name means at some place."""

    name: str


@dataclass(slots=True, eq=False)
class Parameter(Value):
    """A parameter of the region's function."""


@dataclass(slots=True, eq=False)
class Outer(Value):
    """A name from outside the region: a global, a builtin, an import, a closure."""


@dataclass(slots=True, eq=False)
class Definition(Value):
    """The value a step gives to a name.

    Attributes:
        step: Where.
        expression: What it is made of; None for functions, classes, imports, exceptions.
        path: Position in a tuple target, empty for a plain one.
        previous: The value the name had, where the step changes it (`x += 1`, `x.append(y)`, `x[k] = v`).
        known: Whether `expression` is the value itself; false for loop targets, with-as names and changes.
    """

    step: Step
    expression: ast.expr | None = None
    path: tuple[int, ...] = ()
    previous: Value | None = None
    known: bool = True


@dataclass(slots=True, eq=False)
class Merge(Value):
    """One of several values, as control flow decides at `step`: an if, a loop or a try."""

    step: Step
    inputs: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Undefined(Value):
    """The name may have no value here."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A part of a compound statement: `body`, `orelse`, `handler`, `finalbody`."""

    step: Step
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """A condition that is known to hold, or not to hold, wherever a step runs."""

    test: ast.expr
    holds: bool


@dataclass(slots=True, eq=False)
class Step:
    """A simple statement, or the header of a compound one, at its place in the region.

    Attributes:
        node: The statement.
        index: Order of execution along the source.
        branches: The compound statements around it, outermost first.
        facts: Conditions known where it runs.
        env: What every name means before it runs.
        writes: The definitions it makes.
        inlined: The call step whose helper function this step belongs to, if it is a helper's.
        reads: The values its own expressions read (not those of the body of a compound statement).
    """

    node: ast.stmt
    index: int
    branches: tuple[Branch, ...]
    facts: tuple[Fact, ...]
    env: Mapping[str, Value]
    writes: list[Definition] = field(default_factory=list)
    inlined: Step | None = None
    reads: list[Value] = field(default_factory=list)

    @property
    def line(self) -> int:
        """1-based line of the statement."""
        return self.node.lineno


class Inline:
    """A call to a helper function whose statements are read as if they stood at the call."""

    def __init__(self, call: ast.Call, function: ast.FunctionDef, arguments: Mapping[str, ast.expr]) -> None:
        self.call = call
        self.function = function
        self.arguments = arguments


InlineChoice = Callable[[ast.Call], Inline | None]

LOOPS = (ast.For, ast.AsyncFor, ast.While)
WITHS = (ast.With, ast.AsyncWith)
TRIES = (ast.Try, ast.TryStar)


class Region:
    """The steps of a function's body, or of the module's, and what every name in it means."""

    def __init__(self, symbols: Symbols, scope: Scope, inline: InlineChoice | None = None) -> None:
        self.symbols = symbols
        self.scope = scope
        self.steps: list[Step] = []
        self.step_of: dict[ast.stmt, Step] = {}
        self.value_of: dict[ast.Name, Value] = {}
        self.scopes: dict[ast.Name, Scope] = {}
        self._outer: dict[str, Value] = {}
        self._inline = inline
        self._current: Scope = scope
        self._call: Step | None = None
        # Names of the module that a function may set at any time.
        self._set_elsewhere = (
            {name for other in symbols.scopes() for name in other.globals} if scope.parent is None else set()
        )
        # Names of which an attribute or item is set: a test of those may turn out otherwise the next time.
        self._set_roots = {
            _root(node)
            for node in walk(scope.node)
            if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del))
        }
        env: dict[str, Value] = {}
        assert isinstance(scope.node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        body = scope.node.body
        self.body: list[ast.stmt] = body
        if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
            for argument in parameters(scope.node.args):
                env[argument.arg] = Parameter(argument.arg)
        self._walk(body, env, (), ())

    # ---- questions -------------------------------------------------------------------------------------------

    def names(self, expression: ast.AST) -> Iterator[tuple[ast.Name, Value]]:
        """The names an expression reads, with their values; names its own comprehensions bind are left out."""
        for node in walk(expression):
            if isinstance(node, ast.Name) and node in self.value_of:
                yield node, self.value_of[node]

    def resolve(self, expression: ast.expr) -> str | None:
        """The canonical TF1 name an expression of this region stands for."""
        root = expression
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        return self.symbols.resolve(expression, self.scopes.get(root, self.scope))

    def function(self, expression: ast.expr) -> ast.FunctionDef | None:
        """The function of this file that an expression of this region means."""
        if not isinstance(expression, ast.Name):
            return None
        return self.symbols.function(expression, self.scopes.get(expression, self.scope))

    def graph(self) -> nx.DiGraph[Value]:
        """Values as nodes, an edge from each value to every value it is computed from."""
        graph: nx.DiGraph[Value] = nx.DiGraph()
        pending: list[Value] = [definition for step in self.steps for definition in step.writes]
        while pending:
            value = pending.pop()
            if value in graph and graph.nodes[value].get("done"):
                continue
            graph.add_node(value, done=True)
            for source in self.dependencies(value):
                graph.add_edge(value, source)
                pending.append(source)
        return graph

    def dependencies(self, value: Value) -> list[Value]:
        """The values that a value is directly computed from."""
        match value:
            case Definition():
                found = [read for _, read in self.names(value.expression)] if value.expression is not None else []
                if value.expression is None or not value.known:
                    found = list(value.step.reads)
                if value.previous is not None:
                    found.append(value.previous)
                return found
            case Merge():
                return list(value.inputs) + [read for read in value.step.reads if read is not value]
        return []

    def known(self, test: ast.expr, facts: tuple[Fact, ...]) -> bool | None:
        """Whether a condition holds, given facts; None where they do not say."""
        match test:
            case ast.Constant(value=constant):
                return bool(constant)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.known(operand, facts)
                return None if inner is None else not inner
            case ast.BoolOp(op=operator, values=values):
                answers = [self.known(part, facts) for part in values]
                decisive = isinstance(operator, ast.Or)
                if decisive in answers:
                    return decisive
                return None if None in answers else not decisive
            case ast.Name():
                value = self.value_of.get(test)
                if isinstance(value, Definition) and value.known and isinstance(value.expression, ast.Constant):
                    return bool(value.expression.value)
        key = self._key(test)
        if key is None:
            return None
        for fact in facts:
            for part, holds in _parts(fact.test, fact.holds):
                if self._key(part) == key:
                    return holds
        return None

    def decided(self, value: Value, facts: tuple[Fact, ...]) -> Value:
        """The value a merge stands for, where facts tell which branch was taken; the value itself elsewhere."""
        while isinstance(value, Merge) and isinstance(value.step.node, ast.If) and len(value.inputs) == 2:
            truth = self.known(value.step.node.test, facts)
            if truth is None:
                return value
            value = value.inputs[0 if truth else 1]
        return value

    def _key(self, test: ast.expr) -> str | None:
        """Two tests with equal keys have the same outcome; None where that cannot be said."""
        if any(isinstance(node, (ast.Call, ast.Await, ast.NamedExpr)) for node in walk(test)):
            return None
        if any(
            isinstance(node, (ast.Attribute, ast.Subscript)) and _root(node) in self._set_roots for node in walk(test)
        ):
            return None
        names = ",".join(f"{name.id}:{id(value)}" for name, value in self.names(test))
        return f"{ast.dump(test)}|{names}"

    # ---- construction ----------------------------------------------------------------------------------------

    def _walk(
        self,
        statements: list[ast.stmt],
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> dict[str, Value] | None:
        """Reads statements in order; the environment after them, or None where they never come to their end."""
        for statement in statements:
            step = self._step(statement, env, branches, facts)
            match statement:
                case ast.If():
                    after = self._if(statement, step, env, branches, facts)
                    if after is None:
                        return None
                    env, facts = after
                case ast.For() | ast.AsyncFor() | ast.While():
                    env = self._loop(statement, step, env, branches, facts)
                case ast.With() | ast.AsyncWith():
                    inner = self._walk(statement.body, env, (*branches, Branch(step, "body")), facts)
                    if inner is None:
                        return None
                    env = inner
                case ast.Try() | ast.TryStar():
                    tried = self._try(statement, step, env, branches, facts)
                    if tried is None:
                        return None
                    env = tried
                case ast.Match():
                    matched = self._match(statement, step, env, branches, facts)
                    if matched is None:
                        return None
                    env = matched
                case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                    return None
                case _ if _exits(statement):
                    return None
        return env

    def _step(
        self,
        statement: ast.stmt,
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> Step:
        step = Step(statement, len(self.steps), branches, facts, dict(env), inlined=self._call)
        self.steps.append(step)
        self.step_of[statement] = step
        match statement:
            case ast.Assign(targets=targets, value=value):
                self._read(value, env, step)
                expression = self._inlined(value, env, step, branches, facts)
                for target in targets:
                    self._write(target, expression, env, step)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self._read(value, env, step)
                    self._write(target, value, env, step)
            case ast.AugAssign(target=target, value=value):
                self._read(value, env, step)
                self._change(target, value, env, step)
            case ast.Expr(value=value):
                self._read(value, env, step)
                self._inlined(value, env, step, branches, facts)
                match value:
                    case ast.Call(func=ast.Attribute(value=base, attr=method), args=arguments) if (
                        method in _CHANGING_METHODS
                    ):
                        arguments = [*arguments, *(keyword.value for keyword in value.keywords)]
                        self._change(base, arguments[-1] if arguments else None, env, step)
            case ast.If(test=test) | ast.While(test=test):
                self._read(test, env, step)
            case ast.For(target=target, iter=iterable) | ast.AsyncFor(target=target, iter=iterable):
                self._read(iterable, env, step)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    self._read(item.context_expr, env, step)
                    if item.optional_vars is not None:
                        self._write(item.optional_vars, item.context_expr, env, step, known=False)
            case ast.Try() | ast.TryStar():
                pass
            case ast.Match(subject=subject):
                self._read(subject, env, step)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._read_nested(statement, env, step)
                if isinstance(self.scope.node, ast.Module) and self._call is None:
                    # To the code of a module its own functions and classes are what they are to everybody.
                    env[statement.name] = self._outside(statement.name)
                else:
                    self._define(statement.name, None, (), env, step)
            case ast.Import() | ast.ImportFrom():
                for alias in statement.names:
                    name = alias.asname or alias.name.split(".")[0]
                    # An import names the same thing wherever it stands; the symbols know what.
                    env[name] = self._outside(name)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        env[target.id] = Undefined(target.id)
                    else:
                        self._change(target, None, env, step)
            case _:
                for child in children(statement):
                    self._read(child, env, step)
        return step

    def _if(
        self,
        statement: ast.If,
        step: Step,
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> tuple[dict[str, Value], tuple[Fact, ...]] | None:
        truth = self.known(statement.test, facts) if self._call is not None else None
        yes = no = None
        if truth is not False:
            yes_facts = (*facts, Fact(statement.test, True))
            yes = self._walk(statement.body, dict(env), (*branches, Branch(step, "body")), yes_facts)
        if truth is not True:
            no_facts = (*facts, Fact(statement.test, False))
            no = self._walk(statement.orelse, dict(env), (*branches, Branch(step, "orelse")), no_facts)
        if yes is None and no is None:
            return None
        if yes is None and no is not None:
            return no, (*facts, Fact(statement.test, False))
        if no is None and yes is not None:
            return yes, (*facts, Fact(statement.test, True))
        assert yes is not None
        assert no is not None
        return self._join(step, [yes, no]), facts

    def _loop(
        self,
        statement: ast.For | ast.AsyncFor | ast.While,
        step: Step,
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> dict[str, Value]:
        changed = _assigned(statement)
        inner = dict(env)
        merges: dict[str, Merge] = {}
        for name in sorted(changed):
            merges[name] = Merge(name, step, [env.get(name) or self._missing(name)])
            inner[name] = merges[name]
        if isinstance(statement, ast.While):
            # The test is read again after each turn.
            self._read(statement.test, inner, step)
        else:
            self._write(statement.target, statement.iter, inner, step, known=False)
        # A condition known before a loop may be changed by it.
        after = self._walk(statement.body, inner, (*branches, Branch(step, "body")), facts)
        for name, merge in merges.items():
            if after is not None and after.get(name) is not merge:
                merge.inputs.append(after[name])
        # What `break` and `continue` leave behind is also among the inputs: every definition made in the loop.
        for made in self.steps[step.index :]:
            for definition in made.writes:
                if definition.name in merges and definition not in merges[definition.name].inputs:
                    merges[definition.name].inputs.append(definition)
        result = dict(env)
        result.update(merges)
        final = self._walk(statement.orelse, dict(result), (*branches, Branch(step, "orelse")), facts)
        if final is None:
            return result
        # A `break` passes the else over.
        return self._join(step, [final, result]) if statement.orelse and leaves_loop(statement) else final

    def _match(
        self,
        statement: ast.Match,
        step: Step,
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> dict[str, Value] | None:
        # No case may match.
        ends = [dict(env)]
        for number, case in enumerate(statement.cases):
            inner = dict(env)
            for node in walk(case.pattern):
                name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
                if isinstance(name, str):
                    self._define(name, None, (), inner, step)
            if case.guard is not None:
                self._read(case.guard, inner, step)
            end = self._walk(case.body, inner, (*branches, Branch(step, f"case {number}")), facts)
            if end is not None:
                ends.append(end)
        return self._join(step, ends)

    def _try(
        self,
        statement: ast.Try | ast.TryStar,
        step: Step,
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> dict[str, Value] | None:
        first = len(self.steps)
        ends: list[dict[str, Value]] = []
        body = self._walk(statement.body, dict(env), (*branches, Branch(step, "body")), facts)
        # A handler may see any state the body went through.
        midway = dict(env)
        for made in self.steps[first:]:
            for definition in made.writes:
                merge = midway.get(definition.name)
                if not (isinstance(merge, Merge) and merge.step is step):
                    merge = Merge(definition.name, step, [merge or self._missing(definition.name)])
                    midway[definition.name] = merge
                merge.inputs.append(definition)
        if body is not None:
            body = self._walk(statement.orelse, body, (*branches, Branch(step, "orelse")), facts)
        if body is not None:
            ends.append(body)
        for handler in statement.handlers:
            inner = dict(midway)
            if handler.name:
                inner[handler.name] = Definition(handler.name, step, None)
            end = self._walk(handler.body, inner, (*branches, Branch(step, "handler")), facts)
            if end is not None:
                ends.append(end)
        joined = self._join(step, ends) if ends else None
        if statement.finalbody:
            final = self._walk(
                statement.finalbody,
                dict(midway) if joined is None else joined,
                (*branches, Branch(step, "finalbody")),
                facts,
            )
            return None if joined is None else final
        return joined

    def _join(self, step: Step, ends: list[dict[str, Value]]) -> dict[str, Value]:
        if len(ends) == 1:
            return ends[0]
        joined: dict[str, Value] = {}
        for name in dict.fromkeys(name for end in ends for name in end):
            values = [end.get(name) or self._missing(name) for end in ends]
            joined[name] = values[0] if all(value is values[0] for value in values) else Merge(name, step, values)
        return joined

    def _missing(self, name: str) -> Value:
        """A name without a value in this region: one from outside, or none at all."""
        if name in self.scope.bindings and self._call is None:
            return Undefined(name)
        return self._outside(name)

    def _outside(self, name: str) -> Value:
        return self._outer.setdefault(name, Outer(name))

    def _read(self, expression: ast.AST, env: Mapping[str, Value], step: Step) -> None:
        self._read_in(expression, env, step, self._current, frozenset())

    def _read_in(
        self, node: ast.AST, env: Mapping[str, Value], step: Step, scope: Scope, hidden: frozenset[str]
    ) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self.scopes[node] = scope
                if name in hidden:
                    return
                value = env.get(name) or (self._missing(name) if self._current is self.scope else self._outside(name))
                self.value_of[node] = value
                step.reads.append(value)
                return
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                hidden = hidden | _comprehension_names(node)
                scope = self.symbols.scope_of(node)
            case ast.NamedExpr(target=ast.Name(id=name), value=assigned):
                self._read_in(assigned, env, step, scope, hidden)
                if isinstance(env, dict):
                    self._define(name, assigned, (), env, step, known=False)
                return
            case ast.Lambda():
                hidden = hidden | {argument.arg for argument in parameters(node.args)}
                scope = self.symbols.scope_of(node)
        for child in children(node):
            self._read_in(child, env, step, scope, hidden)

    def _read_nested(
        self,
        statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        env: Mapping[str, Value],
        step: Step,
    ) -> None:
        """A nested function reads what it closes over; what its own names mean is not followed."""
        inner = self.symbols.scope_of(statement)
        own: set[ast.AST] = set()
        for function in walk(statement):
            if function is not statement and isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                bound = self.symbols.scope_of(function).bindings
                inside = (node for part in function.body for node in walk(part))
                own |= {node for node in inside if isinstance(node, ast.Name) and node.id in bound}
        for node in walk(statement):
            if node in own:
                continue
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in inner.bindings:
                value = env.get(node.id) or self._outside(node.id)
                step.reads.append(value)

    def _write(
        self,
        target: ast.expr,
        expression: ast.expr | None,
        env: dict[str, Value],
        step: Step,
        *,
        known: bool = True,
    ) -> None:
        match target:
            case ast.Name(id=name):
                self._define(name, expression, (), env, step, known=known)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for position, element in enumerate(elements):
                    match element:
                        case ast.Name(id=name):
                            self._define(name, expression, (position,), env, step, known=known)
                        case ast.Starred(value=inner):
                            self._write(inner, expression, env, step, known=False)
                        case _:
                            self._write(element, expression, env, step, known=False)
            case ast.Starred(value=inner):
                self._write(inner, expression, env, step, known=False)
            case ast.Attribute() | ast.Subscript():
                self._change(target, expression, env, step)

    def _define(
        self,
        name: str,
        expression: ast.expr | None,
        path: tuple[int, ...],
        env: dict[str, Value],
        step: Step,
        *,
        known: bool = True,
    ) -> None:
        definition = Definition(name, step, expression, path, known=known and name not in self._set_elsewhere)
        step.writes.append(definition)
        env[name] = definition

    def _change(self, target: ast.expr, expression: ast.expr | None, env: dict[str, Value], step: Step) -> None:
        """`x += y`, `x[k] = y`, `x.a = y`, `x.append(y)`: the name has a new value made of the old one."""
        base = target
        while isinstance(base, (ast.Attribute, ast.Subscript)):
            if isinstance(base, ast.Subscript):
                self._read(base.slice, env, step)
            base = base.value
        if not isinstance(base, ast.Name):
            self._read(base, env, step)
            return
        previous = env.get(base.id) or self._outside(base.id)
        step.reads.append(previous)
        self.scopes[base] = self._current
        if not isinstance(target, ast.Name):
            self.value_of[base] = previous
        if isinstance(previous, Outer | Parameter) and not isinstance(target, ast.Name):
            # A change to somebody else's object: it keeps its meaning here.
            return
        definition = Definition(base.id, step, expression, previous=previous, known=False)
        step.writes.append(definition)
        env[base.id] = definition

    def _inlined(
        self,
        expression: ast.expr,
        env: dict[str, Value],
        step: Step,
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> ast.expr:
        """Reads the statements of a helper at its call; the expression that the call stands for."""
        if self._inline is None or self._call is not None or not isinstance(expression, ast.Call):
            return expression
        choice = self._inline(expression)
        if choice is None:
            return expression
        outer_scope, self._current = self._current, self.symbols.scope_of(choice.function)
        self._call = step
        inner: dict[str, Value] = {}
        for name, argument in choice.arguments.items():
            inner[name] = Definition(name, step, argument)
        for name, value in env.items():
            # The helper sees the module's names, not its caller's.
            if isinstance(value, Outer):
                inner.setdefault(name, value)
        first = len(self.steps)
        self._walk(choice.function.body, inner, branches, facts)
        self._call, self._current = None, outer_scope
        returns = [made.node for made in self.steps[first:] if isinstance(made.node, ast.Return)]
        if len(returns) == 1 and returns[0].value is not None:
            return returns[0].value
        return expression


_CHANGING_METHODS = frozenset(
    {
        "append",
        "extend",
        "insert",
        "update",
        "setdefault",
        "add",
        "pop",
        "remove",
        "clear",
        "sort",
        "reverse",
        "set_shape",
        "fill",
        "resize",
        "put",
        "itemset",
        "popitem",
        "discard",
    }
)


def _parts(test: ast.expr, holds: bool) -> Iterator[tuple[ast.expr, bool]]:
    """The simple conditions that follow from a condition."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _parts(operand, not holds)
        case ast.BoolOp(op=ast.And(), values=values) if holds:
            for part in values:
                yield from _parts(part, True)
        case ast.BoolOp(op=ast.Or(), values=values) if not holds:
            for part in values:
                yield from _parts(part, False)
        case _:
            yield test, holds


def leaves_loop(loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether a loop has a `break` or `continue` of its own, or is left by `return`."""
    pending: list[ast.AST] = list(loop.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Break, ast.Continue, ast.Return)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            pending += [child for child in walk(node) if isinstance(child, ast.Return)]
            continue
        pending += children(node)
    return False


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _exits(statement: ast.stmt) -> bool:
    """Whether a statement leaves the program: `sys.exit()`, `exit()`, `os._exit()`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="sys" | "os"), attr="exit" | "_exit"))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="exit" | "quit"))):
            return True
    return False


def _assigned(statement: ast.stmt) -> set[str]:
    """The names a loop may give a new value."""
    names: set[str] = set()
    for node in walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                base: ast.expr = node
                while isinstance(base, (ast.Attribute, ast.Subscript)):
                    base = base.value
                if isinstance(base, ast.Name):
                    names.add(base.id)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGING_METHODS:
                names.add(name)
    return names


def _comprehension_names(node: ComprehensionNode) -> frozenset[str]:
    return frozenset(
        child.id for generator in node.generators for child in walk(generator.target) if isinstance(child, ast.Name)
    )
