"""What remains of the exporting function: export calls replaced, the graph's code gone or kept for its session."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import libcst as cst

from migrate.source.emit.edits import Edit, replace
from migrate.source.emit.module_class import ClassWriter
from migrate.source.emit.remainder.blocks import Rebuilt, filled, footer
from migrate.source.emit.remainder.construction import Construction
from migrate.source.emit.remainder.kept import KeptSteps
from migrate.source.emit.remainder.runs import Runs
from migrate.source.emit.remainder.saving import Saving
from migrate.source.emit.remainder.target import Target
from migrate.source.emit.remainder.values import Values
from migrate.source.emit.respell import Names, Respeller
from migrate.source.emit.spelling import Home
from migrate.source.emit.writer import Writer, blank, comments, leading, unindented_blanks, with_leading
from migrate.source.flow import LOOPS, TRIES, Definition, Step, Value
from migrate.source.in_place import declared_global
from migrate.source.kinds import Kind
from migrate.source.purity import Purity
from migrate.source.session import Effect, SessionUse
from migrate.source.slicing.cuts import parameter_of_call
from migrate.source.slicing.graph_contexts import sets_graph
from migrate.source.strategies.plan import NativePlan
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, SESSION_AFTER, Unprovable

_GRAPH_ONLY = frozenset({Kind.INFO, Kind.SIGNATURE, Kind.BUILDER, Kind.PLACEHOLDER, Kind.SESSION, Kind.SAVER,
                         Kind.TRAIN, Kind.INIT})  # fmt: skip
_GRAPH_CONTEXTS = ("device", "name_scope", "variable_scope", "control_dependencies", "init_scope")
_STEADY = (ast.Name, ast.Constant, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.UnaryOp, ast.Not, ast.Load)
"""What a condition may consist of that is asked once more."""


class Remainder:
    """Rebuilds the statements of one region."""

    def __init__(
        self,
        plan: NativePlan,
        class_writer: ClassWriter,
        respeller: Respeller,
        writer: Writer,
        definitions: Mapping[cst.CSTNode, Edit],
        *,
        with_migrate: bool,
    ) -> None:
        """Makes the rebuilder of a plan's region.

        Args:
            plan: The plan.
            class_writer: Writes the plan's class, and its TensorSpecs.
            respeller: Gives moved and kept code its names.
            writer: Writes new statements.
            definitions: Edits inside the functions and classes that the region defines.
            with_migrate: Whether the new code may import `migrate`.
        """
        self.definitions = definitions
        self.plan = plan
        self.kinds = plan.kinds
        self.region = plan.kinds.region
        self.target = Target(plan, respeller, writer)
        self.session = SessionUse(self.kinds)
        self.purity = Purity(self.kinds)
        self.opened = {site.opened: site for site in plan.sites}
        self.saved = {site.saved: site for site in plan.sites}
        self.added = {step: site for site in plan.sites for step in site.added}
        captured: dict[ast.AST, str] = {capture.expression: capture.name for capture in plan.captures}
        captured |= {node: f"{self.target.model}.{state.attribute}.numpy()" for node, state in plan.counts.items()}
        self.runs = Runs(self.target)
        self.names = Names(
            Home.LEGACY if plan.legacy else Home.FILE, nodes={**self.runs.texts, **captured, **plan.unread}
        )
        self.values = Values(self.target, self.names)
        self.construction = Construction(self.target, self.values)
        self.constructed = self.construction.places
        self.kept_steps = KeptSteps(plan, self.session, self.purity)
        self.kept = self.kept_steps.steps
        self.saving = Saving(
            self.target, class_writer, self.names, self.kept_steps, self.purity, with_migrate=with_migrate
        )
        self.legacy = (
            {step for step in self.kept - plan.foreign if self.kept_steps.is_legacy(step)} if plan.legacy else set()
        )
        self.legacy -= self._far_seeds()
        self._past = False
        self._wrapping = False
        self.class_at = 0

    @property
    def helpers(self) -> set[str]:
        """The functions that the new code calls and the file has to have."""
        return self.saving.helpers

    def _far_seeds(self) -> set[Step]:
        """Seeds that stay before the graph: no function or class is to move into a block for their sake."""
        top = self.region.body
        seeds = {step for step in self.legacy if self.kept_steps.sets_seed(step.node)}
        others = self.legacy - seeds
        first = min((i for i, node in enumerate(top) if any(self._owner(s, [node]) is node for s in others)), default=0)
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        far: set[Step] = set()
        for step in seeds:
            if step.node in top[:first]:
                between = top[top.index(step.node) : first]
                far |= {step} if any(isinstance(node, definitions) for node in between) else set()
        return far

    def rebuild(self) -> list[cst.BaseStatement]:
        """The region's statements after the rewrite.

        For a module, `class_at` then tells before which of them the class has to stand.
        """
        if not self.plan.legacy:
            self._refuse_graph_code()
        top = self.region.body
        first = min((i for i, node in enumerate(top) if self._touched(node)), default=0)
        if self._is_wrap_block(top):
            rebuilt = self._wrapped(top, first)
        else:
            rebuilt = Rebuilt()
            for position, node in enumerate(top):
                if position == first:
                    self.class_at = len(rebuilt.inside)
                self._append(node, rebuilt)
        return self.target.respeller.index.rejoined([*rebuilt.inside, *rebuilt.outside])

    def _refuse_graph_code(self) -> None:
        """Without a graph nothing of it may stay, such as a placeholder whose TensorInfo is printed.

        Raises:
            Unprovable: Something is needed by more than the export.
        """
        for step in sorted(self.kept - self.plan.foreign, key=lambda step: step.index):
            for made in step.writes:
                if self.kinds.value(made) in _GRAPH_ONLY:
                    raise Unprovable(ELSEWHERE, f"'{made.name}' is used by more than the export", self._user(step).node)

    def _user(self, step: Step) -> Step:
        """What needs a step in the end: where a TensorInfo is made and printed, the print."""
        later = sorted((one for one in self.kept if one.index > step.index), key=lambda one: one.index)
        user, needed = step, set(step.writes)
        for one in later:
            if not needed.isdisjoint(one.reads):
                user = one
                needed = set(one.writes)
                if not needed:
                    break
        return user

    def _touched(self, node: ast.stmt) -> bool:
        """Whether a statement is, or holds, a part of the graph or of the export."""
        steps = {*self.opened, *self.saved, *self.added, *self.constructed}
        steps |= {step for function in self.plan.functions for step in function.slice.steps}
        steps |= {state.step for state in self.plan.states} | self.legacy
        for function in self.plan.functions:
            for entry in function.inputs:
                placeholder = parameter_of_call(entry.tensor, self.region)
                if placeholder is not None and any(child is placeholder for child in ast.walk(node)):
                    return True
        return any(self._owner(step, [node]) is node for step in steps)

    def _append(self, node: ast.stmt, result: Rebuilt) -> None:
        before = self._past
        made = self._statement(node)
        first = made.inside or made.outside
        if result.footer and first:
            first[0] = with_leading(first[0], [*result.footer, *leading(first[0])])
            result.footer = []
        result.footer += made.footer
        if before:
            result.outside += [*made.inside, *made.outside]
        else:
            result.inside += made.inside
            result.outside += made.outside

    def _block(self, statements: Sequence[ast.stmt]) -> Rebuilt:
        if self._is_wrap_block(statements):
            return self._wrapped(statements)
        result = Rebuilt()
        for node in statements:
            self._append(node, result)
        result.inside = self.target.respeller.index.rejoined(result.inside)
        result.outside = self.target.respeller.index.rejoined(result.outside)
        return result

    def _is_wrap_block(self, statements: Sequence[ast.stmt]) -> bool:
        """Whether this is the innermost block (contexts of sessions aside) with all session code and the export."""
        if not self.legacy or not self.plan.legacy or self._wrapping:
            return False
        members = [step for step in (*self.legacy, *self.saved) if not isinstance(step.node, ast.With)]
        inside = [self._owner(step, statements) for step in members]
        if any(owner is None for owner in inside):
            return False
        owners = set(inside)
        if len(owners) == 1:
            (owner,) = owners
            return isinstance(owner, (ast.With, ast.AsyncWith)) or owner in [step.node for step in members]
        return True

    def _owner(self, step: Step, statements: Sequence[ast.stmt]) -> ast.stmt | None:
        chain = [branch.step.node for branch in step.branches] + [step.node]
        return next((node for node in chain if node in statements), None)

    def _wrapped(self, statements: Sequence[ast.stmt], class_before: int = -1) -> Rebuilt:
        """Puts the session's part into a graph of its own, and the export behind it."""
        items: list[tuple[ast.stmt, Rebuilt, bool, bool]] = []
        self._wrapping = True
        for node in statements:
            past = self._past
            legacy = any(self._owner(step, [node]) is node for step in self.legacy)
            items.append((node, self._statement(node), legacy, past))
        last_legacy = max((i for i, item in enumerate(items) if item[2] and not item[3]), default=-1)
        first_legacy = min((i for i, item in enumerate(items) if item[2]), default=-1)
        for index, (node, _, legacy, past) in enumerate(items):
            if legacy and past and not self._closes(node):
                raise Unprovable(SESSION_AFTER, "the session is used after the export", node)
            del index
        inside: list[cst.BaseStatement] = []
        before: list[cst.BaseStatement] = []
        after: list[cst.BaseStatement] = []
        for index, (_, rebuilt, _, _) in enumerate(items):
            if index == min(class_before, first_legacy):
                self.class_at = len(before)
            if index < first_legacy:
                before += [*rebuilt.inside, *rebuilt.outside]
            elif index <= last_legacy:
                inside += rebuilt.inside
                after += rebuilt.outside
            else:
                after += [*rebuilt.inside, *rebuilt.outside]
        if inside and self._needs_graph(statements, items, first_legacy, last_legacy):
            # `builder = ...` checks and other statements between keep their order within the context.
            wrapper = self.target.statement(f"with {self.target.tensorflow}.Graph().as_default():\n\tpass")
            top = list(leading(inside[0]))
            inside = [unindented_blanks(statement) for statement in inside]
            if after and not leading(after[0]):
                after[0] = with_leading(after[0], blank(1))
            inside = [wrapper.with_changes(body=self.target.writer.block([with_leading(inside[0], [line for line in top if line.comment]), *inside[1:]]),
                                           leading_lines=[line for line in top if not line.comment][:1])]  # fmt: skip
        return Rebuilt([*before, *inside, *after])

    def _needs_graph(
        self,
        statements: Sequence[ast.stmt],
        items: list[tuple[ast.stmt, Rebuilt, bool, bool]],
        first: int,
        last: int,
    ) -> bool:
        del statements
        for node, _, legacy, _ in items[first : last + 1]:
            if legacy and not (sets_graph(node, self.kinds)):
                if self._only_names_graph(node):
                    continue
                return True
        return False

    def _only_names_graph(self, node: ast.stmt) -> bool:
        """`graph = tf.Graph()`, which needs no graph around it."""
        step = self.region.step_of.get(node)
        return step is not None and bool(step.writes) and all(self.kinds.value(m) is Kind.GRAPH for m in step.writes)

    def _closes(self, node: ast.stmt) -> bool:
        step = self.region.step_of.get(node)
        return step is not None and self.session.effects(step) == {Effect.CLOSE}

    def _statement(self, node: ast.stmt) -> Rebuilt:
        step = self.region.step_of.get(node)
        if step is None:
            return Rebuilt([self._plain(node)])
        built = Rebuilt()
        if step in self.plan.foreign and isinstance(node, (ast.With, ast.AsyncWith)):
            return Rebuilt([self.target.respeller.whole(node, Names(Home.FILE), self.kinds)])
        if step in self.constructed and step not in self.saved:
            built.inside += self.construction.statements(self.constructed[step])
        made = self._special(step)
        if made is None:
            made = self._ordinary(node, step)
        built.inside += made.inside
        built.outside += made.outside
        return built

    def _ordinary(self, node: ast.stmt, step: Step) -> Rebuilt:
        if isinstance(node, (ast.If, ast.With, *LOOPS, *TRIES)) and self._untouched(node):
            return Rebuilt([self.target.respeller.whole(node, self.names, self.kinds)])
        match node:
            case ast.If():
                return self._if(node)
            case ast.With() | ast.AsyncWith():
                return self._with(node)
            case ast.For() | ast.While() | ast.AsyncFor() | ast.Try() | ast.TryStar():
                return self._body_only(node)
        captured = self._captured(step)
        if isinstance(node, ast.Delete) and step not in self.plan.foreign:
            return self._delete(node, step)
        if step not in self.kept:
            return Rebuilt(self.target.with_comments(step, captured))
        return Rebuilt([*captured, self._plain(node)])

    def _delete(self, node: ast.Delete, step: Step) -> Rebuilt:
        """`del` of what still exists."""
        left = [
            ast.unparse(target)
            for target in node.targets
            if not isinstance(target, ast.Name) or self._survives(step.env.get(target.id))
        ]
        if len(left) == len(node.targets):
            return Rebuilt([self._plain(node)])
        return Rebuilt([self.target.statement(f"del {', '.join(left)}")] if left else [])

    def _survives(self, value: Value | None) -> bool:
        return not isinstance(value, Definition) or value.step in self.kept or value.step.inlined is not None

    def _untouched(self, node: ast.stmt) -> bool:
        """Whether all of a compound statement stays, so that its layout may."""
        special = {*self.opened, *self.added, *self.saved, *self.constructed, *self.plan.setters}
        special |= {capture.step for capture in self.plan.captures} | self.plan.foreign
        special |= {step for step in self.region.steps if self.runs.run_of(step) is not None}
        for child in ast.walk(node):
            if isinstance(child, ast.stmt) and child is not node:
                step = self.region.step_of.get(child)
                if step is None:
                    continue
                compound = isinstance(child, (ast.If, ast.With, *LOOPS, *TRIES))
                if step in special or isinstance(child, ast.Delete) or (not compound and step not in self.kept):
                    return False
                if isinstance(child, ast.With) and step not in self.legacy and self._touches_context(child):
                    return False
        return not (isinstance(node, ast.With) and self._touches_context(node))

    def _touches_context(self, node: ast.With) -> bool:
        return any(not self._keeps_item(item, node) for item in node.items)

    def _captured(self, step: Step) -> list[cst.BaseStatement]:
        """Plain Python of a graph statement, evaluated where it stood."""
        made: list[cst.BaseStatement] = []
        for capture in self.plan.captures:
            if capture.step is step:
                text = self.target.text(capture.expression, Names(Home.FILE))
                made.append(self.target.statement(f"{capture.name} = {text}"))
        return made

    def _plain(self, node: ast.stmt) -> cst.BaseStatement:
        """A statement that stays, with names that TF2 has."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            changed = replace(self.target.respeller.index.statement(node), self.definitions)
            assert isinstance(changed, cst.BaseStatement)
            return changed
        return self.target.respeller.statement(node, self.names, self.kinds)

    def _special(self, step: Step) -> Rebuilt | None:
        """What replaces the statements of the export and the assignments of the session."""
        if step in self.plan.assignments:
            return Rebuilt(self.values.assignments(step))
        trained = self.runs.statements(step)
        if trained is not None:
            return Rebuilt(trained)
        if step in self.plan.restores:
            return Rebuilt(self.target.with_comments(step, self.values.restore(self.plan.restores[step])))
        if step in self.opened and step not in self.saved:
            return Rebuilt(self.target.with_comments(step, self.saving.check(self.opened[step])))
        if step in self.added and step not in self.saved:
            return Rebuilt(self.values.handover(self.added[step]))
        if step in self.saved:
            site = self.saved[step]
            first: list[cst.BaseStatement] = []
            if site.opened is step:
                first += self.saving.check(site)
            inside = self.values.handover(site) if step in self.added else []
            export = [*first, *self.construction.statements(self.constructed.get(step)), *self.saving.save(site)]
            if self.plan.legacy:
                self._past = True
                return Rebuilt(inside, self.target.with_comments(step, export))
            return Rebuilt(self.target.with_comments(step, [*inside, *export]))
        return None

    def _if(self, node: ast.If) -> Rebuilt:
        holds_save = any(self._owner(step, [node]) is node for step in self.saved)
        body = self._block(node.body)
        orelse = self._block(node.orelse)
        if self.plan.legacy and holds_save:
            if (body.inside and body.outside) or (orelse.inside and orelse.outside):
                return self._if_twice(node, body, orelse)
        new_body = [*body.inside, *body.outside]
        new_orelse = [*orelse.inside, *orelse.outside]
        rebuilt = self._new_if(node, new_body, new_orelse)
        if self.plan.legacy and holds_save:
            return Rebuilt([], rebuilt)
        return Rebuilt(rebuilt)

    def _if_twice(self, node: ast.If, body: Rebuilt, orelse: Rebuilt) -> Rebuilt:
        """The session's part and the export under the same condition, such as `if __name__ == "__main__"`."""
        if orelse.inside or orelse.outside or node.orelse or not self._asked_twice(node):
            raise Unprovable(CONTROL_FLOW, "the export stands in a condition with session code", node)
        first = self._new_if(node, body.inside, [])
        second = self._new_if(node, body.outside, [])
        return Rebuilt(first, [with_leading(second[0], blank(1)), *second[1:]])

    def _asked_twice(self, node: ast.If) -> bool:
        """Whether a condition has the same outcome behind what stands under it."""
        if not all(isinstance(part, _STEADY) for part in ast.walk(node.test)):
            return False
        names = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
        if any(declared_global(name, self.kinds.region.symbols) for name in names):
            return False
        return not any(
            isinstance(part, ast.Name) and part.id in names and not isinstance(part.ctx, ast.Load)
            for statement in node.body
            for part in ast.walk(statement)
        )

    def _new_if(
        self, node: ast.If, body: list[cst.BaseStatement], orelse: list[cst.BaseStatement]
    ) -> list[cst.BaseStatement]:
        original = self.target.respeller.index.statement(node)
        changed = self.target.respeller.statement(node, self.names, self.kinds)
        assert isinstance(original, cst.If)
        assert isinstance(changed, cst.If)
        if not body and not orelse:
            return [] if not _has_only(node, ast.Pass) else [changed]
        other: cst.If | cst.Else | None = None
        if orelse and isinstance(original.orelse, cst.If) and len(orelse) == 1 and isinstance(orelse[0], cst.If):
            other = orelse[0]
        elif orelse and isinstance(original.orelse, cst.Else):
            other = original.orelse.with_changes(body=filled(original.orelse.body, orelse))
        elif orelse:
            other = cst.Else(self.target.writer.block(orelse))
        if not body:
            body = [self.target.statement("pass")]
        return [changed.with_changes(body=filled(original.body, body), orelse=other)]

    def _with(self, node: ast.With | ast.AsyncWith) -> Rebuilt:
        original = self.target.respeller.index.statement(node)
        assert isinstance(original, cst.With)
        rebuilt = self._block(node.body)
        inside = rebuilt.inside
        ends = [*rebuilt.footer, *(footer(original.body) if rebuilt.outside or inside else [])]
        if not inside:
            return Rebuilt([], self._topped(original, rebuilt.outside), ends)
        kept = [index for index, item in enumerate(node.items) if self._keeps_item(item, node)]
        if not kept:
            return Rebuilt(self._topped(original, inside), rebuilt.outside, ends)
        changed = self.target.respeller.statement(node, self.names, self.kinds)
        assert isinstance(changed, cst.With)
        items = [changed.items[index] for index in kept]
        if len(items) < len(changed.items):
            items[-1] = items[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return Rebuilt([changed.with_changes(items=items, body=filled(original.body, inside))], rebuilt.outside)

    def _topped(self, original: cst.With, body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """The body of a with statement that goes; blank lines and comments above it stay."""
        if not body:
            return body
        above = [*leading(original), *comments(body[0])]
        return [with_leading(body[0], above), *body[1:]]

    def _keeps_item(self, item: ast.withitem, node: ast.With | ast.AsyncWith) -> bool:
        kind = self.kinds.of(item.context_expr)
        expression = item.context_expr
        if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Attribute):
            if expression.func.attr in ("as_default", "session") and self.kinds.of(expression.func.value) in (
                Kind.GRAPH,
                Kind.SESSION,
            ):
                kind = Kind.SESSION
        name = self.kinds.symbol(expression) if isinstance(expression, ast.Call) else None
        if name is not None and name.rpartition(".")[2] in _GRAPH_CONTEXTS:
            kind = Kind.TENSOR
        if kind in (Kind.SESSION, Kind.GRAPH, Kind.TENSOR):
            return self.plan.legacy and any(self._owner(step, node.body) is not None for step in self.legacy)
        return True

    def _body_only(self, node: ast.For | ast.While | ast.AsyncFor | ast.Try | ast.TryStar) -> Rebuilt:
        original = self.target.respeller.index.statement(node)
        changed = self.target.respeller.statement(node, self.names, self.kinds)
        rebuilt = self._block(node.body)
        body = [*rebuilt.inside, *rebuilt.outside]
        if not body:
            if not isinstance(node, (ast.Try, ast.TryStar)):
                return Rebuilt()
            body = [self.target.statement("pass")]
        block = original.body  # type: ignore[attr-defined]
        return Rebuilt([changed.with_changes(body=filled(block, body))])


def _has_only(node: ast.If, kind: type[ast.stmt]) -> bool:
    return all(isinstance(child, kind) for child in [*node.body, *node.orelse])
