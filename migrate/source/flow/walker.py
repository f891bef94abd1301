"""The statements of a region in order of execution."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from migrate.source.flow.names import NameReader
from migrate.source.flow.statements import CHANGING_METHODS, assigned, exits, leaves_loop
from migrate.source.flow.values import Branch, Definition, Fact, InlineChoice, Merge, Outer, Step, Undefined, Value
from migrate.source.syntax import children, walk

if TYPE_CHECKING:
    from migrate.source.flow.region import Region


class Walker(NameReader):
    """Makes the steps of a region.

    Args:
        region: It.
        inline: Tells of a call whether a helper's statements are to be read there.
    """

    def __init__(self, region: Region, inline: InlineChoice | None) -> None:
        super().__init__(region)
        self._inline = inline

    def walk(
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
                    inner = self.walk(statement.body, env, (*branches, Branch(step, "body")), facts)
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
                case _ if exits(statement):
                    return None
        return env

    def _step(
        self,
        statement: ast.stmt,
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> Step:
        step = Step(statement, len(self.region.steps), branches, facts, dict(env), inlined=self.call)
        self.region.steps.append(step)
        self.region.step_of[statement] = step
        match statement:
            case ast.Assign(targets=targets, value=value):
                self.read(value, env, step)
                expression = self._inlined(value, env, step, branches, facts)
                for target in targets:
                    self.write(target, expression, env, step)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self.read(value, env, step)
                    self.write(target, value, env, step)
            case ast.AugAssign(target=target, value=value):
                self.read(value, env, step)
                self.change(target, value, env, step)
            case ast.Expr(value=value):
                self.read(value, env, step)
                self._inlined(value, env, step, branches, facts)
                match value:
                    case ast.Call(func=ast.Attribute(value=base, attr=method), args=arguments) if (
                        method in CHANGING_METHODS
                    ):
                        arguments = [*arguments, *(keyword.value for keyword in value.keywords)]
                        self.change(base, arguments[-1] if arguments else None, env, step)
            case ast.If(test=test) | ast.While(test=test):
                self.read(test, env, step)
            case ast.For(target=target, iter=iterable) | ast.AsyncFor(target=target, iter=iterable):
                self.read(iterable, env, step)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    self.read(item.context_expr, env, step)
                    if item.optional_vars is not None:
                        self.write(item.optional_vars, item.context_expr, env, step, known=False)
            case ast.Try() | ast.TryStar():
                pass
            case ast.Match(subject=subject):
                self.read(subject, env, step)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.read_nested(statement, env, step)
                if isinstance(self.region.scope.node, ast.Module) and self.call is None:
                    # To the code of a module its own functions and classes are what they are to everybody.
                    env[statement.name] = self.outside(statement.name)
                else:
                    self.define(statement.name, None, (), env, step)
            case ast.Import() | ast.ImportFrom():
                for alias in statement.names:
                    name = alias.asname or alias.name.split(".")[0]
                    # An import names the same thing wherever it stands; the symbols know what.
                    env[name] = self.outside(name)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        env[target.id] = Undefined(target.id)
                    else:
                        self.change(target, None, env, step)
            case _:
                for child in children(statement):
                    self.read(child, env, step)
        return step

    def _if(
        self,
        statement: ast.If,
        step: Step,
        env: dict[str, Value],
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> tuple[dict[str, Value], tuple[Fact, ...]] | None:
        truth = self.region.known(statement.test, facts) if self.call is not None else None
        yes = no = None
        if truth is not False:
            yes_facts = (*facts, Fact(statement.test, True))
            yes = self.walk(statement.body, dict(env), (*branches, Branch(step, "body")), yes_facts)
        if truth is not True:
            no_facts = (*facts, Fact(statement.test, False))
            no = self.walk(statement.orelse, dict(env), (*branches, Branch(step, "orelse")), no_facts)
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
        changed = assigned(statement)
        inner = dict(env)
        merges: dict[str, Merge] = {}
        for name in sorted(changed):
            merges[name] = Merge(name, step, [env.get(name) or self.missing(name)])
            inner[name] = merges[name]
        if isinstance(statement, ast.While):
            # The test is read again after each turn.
            self.read(statement.test, inner, step)
        else:
            self.write(statement.target, statement.iter, inner, step, known=False)
        # A condition known before a loop may be changed by it.
        after = self.walk(statement.body, inner, (*branches, Branch(step, "body")), facts)
        for name, merge in merges.items():
            if after is not None and after.get(name) is not merge:
                merge.inputs.append(after[name])
        # What `break` and `continue` leave behind is also among the inputs: every definition made in the loop.
        for made in self.region.steps[step.index :]:
            for definition in made.writes:
                if definition.name in merges and definition not in merges[definition.name].inputs:
                    merges[definition.name].inputs.append(definition)
        result = dict(env)
        result.update(merges)
        final = self.walk(statement.orelse, dict(result), (*branches, Branch(step, "orelse")), facts)
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
                    self.define(name, None, (), inner, step)
            if case.guard is not None:
                self.read(case.guard, inner, step)
            end = self.walk(case.body, inner, (*branches, Branch(step, f"case {number}")), facts)
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
        first = len(self.region.steps)
        ends: list[dict[str, Value]] = []
        body = self.walk(statement.body, dict(env), (*branches, Branch(step, "body")), facts)
        # A handler may see any state the body went through.
        midway = dict(env)
        for made in self.region.steps[first:]:
            for definition in made.writes:
                merge = midway.get(definition.name)
                if not (isinstance(merge, Merge) and merge.step is step):
                    merge = Merge(definition.name, step, [merge or self.missing(definition.name)])
                    midway[definition.name] = merge
                merge.inputs.append(definition)
        if body is not None:
            body = self.walk(statement.orelse, body, (*branches, Branch(step, "orelse")), facts)
        if body is not None:
            ends.append(body)
        for handler in statement.handlers:
            inner = dict(midway)
            if handler.name:
                inner[handler.name] = Definition(handler.name, step, None)
            end = self.walk(handler.body, inner, (*branches, Branch(step, "handler")), facts)
            if end is not None:
                ends.append(end)
        joined = self._join(step, ends) if ends else None
        if statement.finalbody:
            final = self.walk(
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
            values = [end.get(name) or self.missing(name) for end in ends]
            joined[name] = values[0] if all(value is values[0] for value in values) else Merge(name, step, values)
        return joined

    def _inlined(
        self,
        expression: ast.expr,
        env: dict[str, Value],
        step: Step,
        branches: tuple[Branch, ...],
        facts: tuple[Fact, ...],
    ) -> ast.expr:
        """Reads the statements of a helper at its call; the expression that the call stands for."""
        if self._inline is None or self.call is not None or not isinstance(expression, ast.Call):
            return expression
        choice = self._inline(expression)
        if choice is None:
            return expression
        outer_scope, self.current = self.current, self.region.symbols.scope_of(choice.function)
        self.call = step
        inner: dict[str, Value] = {}
        for name, argument in choice.arguments.items():
            inner[name] = Definition(name, step, argument)
        for name, value in env.items():
            # The helper sees the module's names, not its caller's.
            if isinstance(value, Outer):
                inner.setdefault(name, value)
        first = len(self.region.steps)
        self.walk(choice.function.body, inner, branches, facts)
        self.call, self.current = None, outer_scope
        returns = [made.node for made in self.region.steps[first:] if isinstance(made.node, ast.Return)]
        if len(returns) == 1 and returns[0].value is not None:
            return returns[0].value
        return expression
