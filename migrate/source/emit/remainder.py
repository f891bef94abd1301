"""What remains of the exporting function: export calls replaced, the graph's code gone or kept for its session."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from migrate.source.emit.module_class import ClassWriter, decorated
from migrate.source.emit.respell import Edit, Home, Names, Respeller, replace
from migrate.source.emit.training import RunWriter
from migrate.source.emit.writer import (
    CONTINUED,
    Writer,
    blank,
    call,
    comments,
    leading,
    unindented_blanks,
    with_leading,
)
from migrate.source.flow import LOOPS, TRIES, Definition, Merge, Outer, Step, Value
from migrate.source.kinds import IN_GRAPH, STATE, Kind, calls, header
from migrate.source.mode import MODE_SWITCHES
from migrate.source.purity import Purity
from migrate.source.session import Effect, SessionUse
from migrate.source.sites import CLASSIFY, PREDICT, REGRESS, ExportSite
from migrate.source.slices import parameter_of_call, sets_graph
from migrate.source.strategies.plan import Checkpoints, Function, FunctionRun, ModuleRestore, NativePlan, State
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, SESSION_AFTER, Unprovable

_LEGACY_KINDS = IN_GRAPH | {Kind.SESSION, Kind.GRAPH, Kind.SAVER}
_EXPORT_KINDS = frozenset({Kind.INFO, Kind.SIGNATURE, Kind.BUILDER})
_GRAPH_ONLY = _EXPORT_KINDS | {Kind.PLACEHOLDER, Kind.SESSION, Kind.SAVER, Kind.TRAIN, Kind.INIT}
_GRAPH_CONTEXTS = ("device", "name_scope", "variable_scope", "control_dependencies", "init_scope")

_ALL_VARIABLES = frozenset({"global_variables", "trainable_variables", "all_variables", "local_variables",
                            "model_variables", "moving_average_variables", "Saver",
                            "report_uninitialized_variables"})  # fmt: skip
_WRITERS = frozenset({"FileWriter", "write_graph"})
_WHOLE_GRAPH = frozenset({"get_collection", "get_default_graph", "MonitoredTrainingSession", "get_losses",
                          "get_total_loss", "get_regularization_loss", "get_variable_scope"})  # fmt: skip

RESTORE_METHOD_NAMES = "_restore_method_names"
_SEEDS = frozenset({"set_random_seed", "random.set_random_seed", "random.set_seed"})
SET_METHOD_NAMES = "migrate.set_method_names"
SAVE_AS_TEXT = "_save_as_text"
RESTORE_TAGS = "_restore_tags"
_STEADY = (ast.Name, ast.Constant, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.UnaryOp, ast.Not, ast.Load)
"""What a condition may consist of that is asked once more."""


@dataclass(slots=True)
class Rebuilt:
    """New statements for a block: those that stay in it, and those that must follow the graph's context."""

    inside: list[cst.BaseStatement] = field(default_factory=list)
    outside: list[cst.BaseStatement] = field(default_factory=list)
    footer: list[cst.EmptyLine] = field(default_factory=list)
    """Comments that stood at the end of a block which is gone."""


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
        self.with_migrate = with_migrate
        self.plan = plan
        self.kinds = plan.kinds
        self.region = plan.kinds.region
        self.class_writer = class_writer
        self.respeller = respeller
        self.writer = writer
        self.tf = respeller.tensorflow
        self.session = SessionUse(self.kinds)
        self.purity = Purity(self.kinds)
        self.width = len(writer.indent.expandtabs(8))
        self.helpers: set[str] = set()
        self.directories: dict[ExportSite, str] = {}
        self.model = self._free("model")
        self.opened = {site.opened: site for site in plan.sites}
        self.saved = {site.saved: site for site in plan.sites}
        self.added = {step: site for site in plan.sites for step in site.added}
        captured: dict[ast.AST, str] = {capture.expression: capture.name for capture in plan.captures}
        captured |= {node: f"{self.model}.{state.attribute}.numpy()" for node, state in plan.counts.items()}
        self.names = Names(
            Home.LEGACY if plan.legacy else Home.FILE, nodes={**self._eager_texts(), **captured, **plan.unread}
        )
        self.constructed = self._construction()
        self.kept = self._kept()
        self.legacy = {step for step in self.kept - plan.foreign if self._is_legacy(step)} if plan.legacy else set()
        self.legacy -= self._far_seeds()
        self._past = False
        self._wrapping = False
        self.class_at = 0

    # ---- which steps stay ------------------------------------------------------------------------------------

    def _kept(self) -> set[Step]:
        """Steps that stay, by liveness: what has effects, and what those steps and the new code need."""
        plan = self.plan
        exclusive = self._exclusive()
        special = {*self.opened, *self.added, *self.saved, *plan.setters}
        kept: set[Step] = set()
        needed: set[Value] = self._needed_by_export()
        candidates: list[Step] = []
        for step in self.region.steps:
            if step.inlined is not None or step in special:
                continue
            if step in plan.foreign:
                kept.add(step)
            elif self._removable(step, exclusive):
                candidates.append(step)
            else:
                kept.add(step)
        reads: list[Value] = [value for step in kept for value in self._reads(step)]
        needed |= set(reads)
        changed = True
        while changed:
            changed = False
            closure = self._closure(needed)
            for step in list(candidates):
                if any(made in closure for made in step.writes):
                    candidates.remove(step)
                    kept.add(step)
                    needed |= set(self._reads(step))
                    changed = True
        return kept

    def _reads(self, step: Step) -> list[Value]:
        """What a step reads, without what its converted session runs read."""
        converted = [node for eager in self.plan.eager_runs for node in ast.walk(eager)]
        converted += [*self.plan.unread, *(node for count in self.plan.counts for node in ast.walk(count))]
        if not converted:
            return [*step.reads, *(made.previous for made in step.writes if made.previous is not None)]
        hidden = set(converted)
        for eager in self.plan.eager_runs.values():
            if isinstance(eager, FunctionRun):
                hidden |= {node for key in eager.keys for node in ast.walk(key)}
        found = [value for part in header(step) for name, value in self.region.names(part) if name not in hidden]
        for eager in self.plan.eager_runs.values():
            if eager.run.call in [c for part in header(step) for c in calls(part)]:
                found += [value for argument in eager.arguments for _, value in self.region.names(argument)]
        if isinstance(step.node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            found += step.reads
        return [*found, *(made.previous for made in step.writes if made.previous is not None)]

    def _closure(self, values: set[Value]) -> set[Value]:
        """Values with all they may be where control flow joins, and later changes of the same object."""
        found = set(values)
        pending = list(values)
        while pending:
            value = pending.pop()
            if isinstance(value, Merge):
                for item in value.inputs:
                    if item not in found:
                        found.add(item)
                        pending.append(item)
        for step in self.region.steps:
            for made in step.writes:
                if made.previous is not None and made.previous in found and made not in found:
                    found.add(made)
        return found

    def _removable(self, step: Step, exclusive: set[Step]) -> bool:
        node = step.node
        if isinstance(node, (ast.If, ast.With, ast.AsyncWith, *LOOPS, *TRIES)):
            # Compound statements live and die with their bodies; their headers are kept for them.
            return True
        kinds = {self.kinds.value(made) for made in step.writes}
        if kinds and kinds <= _EXPORT_KINDS:
            return True
        if self._switches_mode(step):
            return True
        if kinds and kinds <= _LEGACY_KINDS | {Kind.SIGNATURE}:
            if not self.plan.legacy:
                return True
            return step in exclusive or kinds <= {Kind.INIT, Kind.TABLE, Kind.GRAPH, Kind.SESSION, Kind.SAVER}
        if isinstance(node, ast.Expr):
            return self._removable_expression(step, node)
        if isinstance(node, ast.Raise):
            return not self.plan.legacy and step in exclusive
        if kinds and self._moved_python(step):
            return True
        return bool(step.writes) and self._session_setup(step)

    def _removable_expression(self, step: Step, node: ast.Expr) -> bool:
        effects = self.session.effects(step)
        if self.plan.legacy:
            if step.writes and all(self.kinds.value(made) in IN_GRAPH | {Kind.SIGNATURE} for made in step.writes):
                return True
            symbol = self.kinds.symbol(node.value) if isinstance(node.value, ast.Call) else None
            return (
                symbol is not None
                and symbol in ("reset_default_graph", "add_to_collection")
                and (symbol == "reset_default_graph" or "ASSET_FILEPATHS" in ast.unparse(node))
            )
        if effects:
            return effects <= {Effect.INIT, Effect.CLOSE}
        if isinstance(node.value, ast.Call):
            symbol = self.kinds.symbol(node.value)
            if symbol is not None:
                if symbol == "set_random_seed":
                    return not (self.plan.random or self.plan.seeded)
                return self.kinds.tensorflow_in_helper(symbol) or symbol in (
                    "reset_default_graph",
                    "add_to_collection",
                )
            if isinstance(node.value.func, ast.Attribute):
                owner = self.kinds.of(node.value.func.value)
                return owner in IN_GRAPH | {Kind.SESSION, Kind.GRAPH, Kind.SAVER}
        return bool(step.writes) and all(self.kinds.value(made) in IN_GRAPH | {Kind.SIGNATURE} for made in step.writes)

    def _session_setup(self, step: Step) -> bool:
        """`config = tf.ConfigProto(...)` and the like, needed by a session only."""
        if not isinstance(step.node, ast.Assign):
            return False
        return all(self.kinds.value(made) is Kind.CONFIG for made in step.writes) and self.purity.pure(step.node.value)

    def _moved_python(self, step: Step) -> bool:
        """Plain Python whose only use was in what is gone: it may go too, if it has no effect."""
        if step.inlined is not None or not isinstance(step.node, (ast.Assign, ast.AnnAssign)):
            return False
        if step.node.value is None or not self.purity.pure(step.node.value):
            return False
        if isinstance(self.region.scope.node, ast.Module) and (
            step not in self.plan.copied or self._read_by_functions(step)
        ):
            # Other code may read a name of the module.
            return False
        return any(
            value in step.writes or (isinstance(value, Merge) and any(item in step.writes for item in value.inputs))
            for other in self.region.steps
            for value in self._reads(other)
        )

    def _read_by_functions(self, step: Step) -> bool:
        names = {made.name for made in step.writes}
        return any(
            isinstance(node, ast.Name) and node.id in names
            for function in ast.walk(self.region.symbols.tree)
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
            for node in ast.walk(function)
        )

    def _switches_mode(self, step: Step) -> bool:
        node = step.node
        return (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and self.kinds.symbol(node.value) in MODE_SWITCHES
        )

    def _exclusive(self) -> set[Step]:
        """Steps that only the export needs, as far as slices tell."""
        plan = self.plan
        seen = {what for step in self.region.steps if step not in plan.foreign for what in self._sees(step)}
        if plan.legacy and "graph" in seen:
            return set()
        found = {step for function in plan.functions for step in function.slice.steps}
        found |= {state.step for state in plan.states}
        for function in plan.functions:
            for entry in function.inputs:
                placeholder = parameter_of_call(entry.tensor, self.region)
                for step in self.region.steps:
                    if placeholder is not None and placeholder in [c for part in header(step) for c in calls(part)]:
                        found.add(step)
        found |= {asset.step for asset in plan.assets}
        for site in plan.sites:
            for node in (*site.init_ops, *site.assets):
                for _, value in self.region.names(node):
                    if isinstance(value, Definition):
                        found.add(value.step)
        if plan.legacy and "variables" in seen:
            found -= {step for step in found if self._makes_variables(step)}
        # A graph that is written to a file is seen as it is by then.
        written = max((step.index for step in self.region.steps if "written" in self._sees(step)), default=-1)
        if plan.legacy:
            found -= {step for step in found if step.index < written}
        return found

    def _makes_variables(self, step: Step) -> bool:
        """Whether a step may add to the graph's variables."""
        return any(
            self.kinds.of(made) in STATE - {Kind.TABLE} or self.region.function(made.func) is not None
            for part in header(step)
            for made in calls(part)
        )

    def _sees(self, step: Step) -> set[str]:
        """What of the graph a step can see, so that none of it may be taken away unnoticed.

        `graph` is all of it, at any time; `written` all of it, at this time; `variables` its variables.
        """
        if step in self.opened or step in self.added or step in self.saved:
            return set()
        for run in self.session.runs(step):
            texts = [run.fetches, *(run.feed.keys if isinstance(run.feed, ast.Dict) else ())]
            if any(isinstance(node, ast.Constant) for text in texts if text is not None for node in ast.walk(text)):
                # It names tensors of the graph by their text.
                return {"graph"}
        seen: set[str] = set()
        for part in header(step):
            inside: set[ast.AST] = set()
            for found in calls(part):
                name = (self.kinds.symbol(found) or "").rpartition(".")[2]
                if name in _WRITERS:
                    seen.add("written")
                    inside |= set(ast.walk(found))
                elif found in inside:
                    continue
                elif name in _ALL_VARIABLES:
                    seen.add("variables")
                elif name in _WHOLE_GRAPH or name.startswith("merge_all"):
                    if not (name == "get_collection" and "ASSET_FILEPATHS" in ast.unparse(found)):
                        seen.add("graph")
                elif name == "" and any(self.kinds.of(a) in (Kind.SESSION, Kind.GRAPH) for a in found.args):
                    seen.add("graph")
        return seen

    def _needed_by_export(self) -> set[Value]:
        """The values that the new statements read."""
        plan = self.plan
        found: set[Value] = set()
        for site in plan.sites:
            found |= {value for _, value in self.region.names(site.directory)}
            if site.as_text is not None:
                found |= {value for _, value in self.region.names(site.as_text)}
            if site.tags is not None:
                found |= {value for _, value in self.region.names(site.tags)}
            if plan.handover:
                found |= {value for _, value in self.region.names(site.session)}
        found |= {value for value in plan.parameters if not self._only_inside(value)}
        for capture in plan.captures:
            found |= {value for _, value in self.region.names(capture.expression)}
        if plan.handover:
            found |= {state.definition for state in plan.states if state.handed and state.definition is not None}
        for function in plan.functions:
            if not decorated(function):
                for entry in function.inputs:
                    sizes = [*(entry.shape.dimensions or ()), entry.shape.whole]
                    for size in sizes:
                        if isinstance(size, ast.expr):
                            found |= {value for _, value in self.region.names(size)}
        for assignments in plan.assignments.values():
            for assignment in assignments:
                found |= {value for _, value in self.region.names(assignment.value)}
        for restore in plan.restores.values():
            found |= {value for _, value in self.region.names(restore.path)}
        return found

    def _only_inside(self, value: Value) -> bool:
        return isinstance(value, Definition) and value.step.inlined is not None

    def _is_legacy(self, step: Step) -> bool:
        """Whether a kept step belongs to the graph or its session."""
        if any(self.kinds.value(made) in _LEGACY_KINDS for made in step.writes):
            return True
        if self.session.effects(step) or self._sets_seed(step.node):
            return True
        return any(self.kinds.value(value) in _LEGACY_KINDS for value in self._reads(step))

    def _sets_seed(self, node: ast.AST) -> bool:
        """Whether it sets the seed of the default graph: the one in which the session's part is now built."""
        match node:
            case ast.Expr(value=ast.Call() as call):
                return self.kinds.symbol(call) in _SEEDS
        return False

    def _far_seeds(self) -> set[Step]:
        """Seeds that stay before the graph: no function or class is to move into a block for their sake."""
        top = self.region.body
        seeds = {step for step in self.legacy if self._sets_seed(step.node)}
        others = self.legacy - seeds
        first = min((i for i, node in enumerate(top) if any(self._owner(s, [node]) is node for s in others)), default=0)
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        far: set[Step] = set()
        for step in seeds:
            if step.node in top[:first]:
                between = top[top.index(step.node) : first]
                far |= {step} if any(isinstance(node, definitions) for node in between) else set()
        return far

    # ---- the new statements ------------------------------------------------------------------------------------

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
        return self.respeller.index.rejoined([*rebuilt.inside, *rebuilt.outside])

    def _refuse_graph_code(self) -> None:
        """Without a graph nothing of it may stay, such as a placeholder whose TensorInfo is printed.

        Raises:
            Unprovable: Something is needed by more than the export.
        """
        for step in sorted(self.kept - self.plan.foreign, key=lambda step: step.index):
            for made in step.writes:
                if self.kinds.value(made) in _GRAPH_ONLY:
                    raise Unprovable(ELSEWHERE, f"'{made.name}' is used by more than the export", step.node)

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
        result.inside = self.respeller.index.rejoined(result.inside)
        result.outside = self.respeller.index.rejoined(result.outside)
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
            wrapper = self.writer.statement(f"with {self.tf}.Graph().as_default():\n\tpass")
            top = list(leading(inside[0]))
            inside = [unindented_blanks(statement) for statement in inside]
            if after and not leading(after[0]):
                after[0] = with_leading(after[0], blank(1))
            inside = [wrapper.with_changes(body=self.writer.block([with_leading(inside[0], [line for line in top if line.comment]), *inside[1:]]),
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
            return Rebuilt([self.respeller.whole(node, Names(Home.FILE), self.kinds)])
        if step in self.constructed and step not in self.saved:
            built.inside += self._construct(self.constructed[step])
        made = self._special(step)
        if made is None:
            made = self._ordinary(node, step)
        built.inside += made.inside
        built.outside += made.outside
        return built

    def _ordinary(self, node: ast.stmt, step: Step) -> Rebuilt:
        if isinstance(node, (ast.If, ast.With, *LOOPS, *TRIES)) and self._untouched(node):
            return Rebuilt([self.respeller.whole(node, self.names, self.kinds)])
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
            return Rebuilt(self._with_comments(step, captured))
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
        return Rebuilt([self.writer.statement(f"del {', '.join(left)}")] if left else [])

    def _survives(self, value: Value | None) -> bool:
        return not isinstance(value, Definition) or value.step in self.kept or value.step.inlined is not None

    def _untouched(self, node: ast.stmt) -> bool:
        """Whether all of a compound statement stays, so that its layout may."""
        special = {*self.opened, *self.added, *self.saved, *self.constructed, *self.plan.setters}
        special |= {capture.step for capture in self.plan.captures} | self.plan.foreign
        special |= {step for step in self.region.steps if self._run_of(step) is not None}
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
                text = self.respeller.expression(capture.expression, Names(Home.FILE), self.kinds)
                made.append(self.writer.statement(f"{capture.name} = {text}"))
        return made

    def _plain(self, node: ast.stmt) -> cst.BaseStatement:
        """A statement that stays, with names that TF2 has."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            changed = replace(self.respeller.index.statement(node), self.definitions)
            assert isinstance(changed, cst.BaseStatement)
            return changed
        return self.respeller.statement(node, self.names, self.kinds)

    def _special(self, step: Step) -> Rebuilt | None:
        """What replaces the statements of the export and the assignments of the session."""
        if step in self.plan.assignments:
            return Rebuilt(self._assignments(step))
        trained = self._function_run(step)
        if trained is not None:
            return Rebuilt(trained)
        if step in self.plan.restores:
            return Rebuilt(self._with_comments(step, self._restore(self.plan.restores[step])))
        if step in self.opened and step not in self.saved:
            return Rebuilt(self._with_comments(step, self._check(self.opened[step])))
        if step in self.added and step not in self.saved:
            return Rebuilt(self._handover(self.added[step]))
        if step in self.saved:
            site = self.saved[step]
            first: list[cst.BaseStatement] = []
            if site.opened is step:
                first += self._check(site)
            inside = self._handover(site) if step in self.added else []
            export = [*first, *self._construct(self.constructed.get(step)), *self._save(site)]
            if self.plan.legacy:
                self._past = True
                return Rebuilt(inside, self._with_comments(step, export))
            return Rebuilt(self._with_comments(step, [*inside, *export]))
        return None

    def _with_comments(self, step: Step, made: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """Comments and blank lines above a replaced statement stay above what replaces it."""
        if not made:
            return made
        above = list(leading(self.respeller.index.statement(step.node)))
        return [with_leading(made[0], above), *made[1:]]

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
        if any(self.purity.declared_global(name) for name in names):
            return False
        return not any(
            isinstance(part, ast.Name) and part.id in names and not isinstance(part.ctx, ast.Load)
            for statement in node.body
            for part in ast.walk(statement)
        )

    def _new_if(
        self, node: ast.If, body: list[cst.BaseStatement], orelse: list[cst.BaseStatement]
    ) -> list[cst.BaseStatement]:
        original = self.respeller.index.statement(node)
        changed = self.respeller.statement(node, self.names, self.kinds)
        assert isinstance(original, cst.If)
        assert isinstance(changed, cst.If)
        if not body and not orelse:
            return [] if not _has_only(node, ast.Pass) else [changed]
        other: cst.If | cst.Else | None = None
        if orelse and isinstance(original.orelse, cst.If) and len(orelse) == 1 and isinstance(orelse[0], cst.If):
            other = orelse[0]
        elif orelse and isinstance(original.orelse, cst.Else):
            other = original.orelse.with_changes(body=_filled(original.orelse.body, orelse))
        elif orelse:
            other = cst.Else(self.writer.block(orelse))
        if not body:
            body = [self.writer.statement("pass")]
        return [changed.with_changes(body=_filled(original.body, body), orelse=other)]

    def _with(self, node: ast.With | ast.AsyncWith) -> Rebuilt:
        original = self.respeller.index.statement(node)
        assert isinstance(original, cst.With)
        rebuilt = self._block(node.body)
        inside = rebuilt.inside
        footer = [*rebuilt.footer, *(_footer(original.body) if rebuilt.outside or inside else [])]
        if not inside:
            return Rebuilt([], self._topped(original, rebuilt.outside), footer)
        kept = [index for index, item in enumerate(node.items) if self._keeps_item(item, node)]
        if not kept:
            return Rebuilt(self._topped(original, inside), rebuilt.outside, footer)
        changed = self.respeller.statement(node, self.names, self.kinds)
        assert isinstance(changed, cst.With)
        items = [changed.items[index] for index in kept]
        if len(items) < len(changed.items):
            items[-1] = items[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return Rebuilt([changed.with_changes(items=items, body=_filled(original.body, inside))], rebuilt.outside)

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
        original = self.respeller.index.statement(node)
        changed = self.respeller.statement(node, self.names, self.kinds)
        rebuilt = self._block(node.body)
        body = [*rebuilt.inside, *rebuilt.outside]
        if not body:
            if not isinstance(node, (ast.Try, ast.TryStar)):
                return Rebuilt()
            body = [self.writer.statement("pass")]
        block = original.body  # type: ignore[attr-defined]
        return Rebuilt([changed.with_changes(body=_filled(block, body))])

    # ---- pieces of the export ------------------------------------------------------------------------------

    def _check(self, site: ExportSite) -> list[cst.BaseStatement]:
        """The builder raises where the export directory exists and is not empty; TF2 would overwrite it."""
        made: list[cst.BaseStatement] = []
        directory = self.respeller.expression(site.directory, Names(Home.FILE), self.kinds)
        if not _is_attribute(site.directory) or not self._stable(site):
            name = self._free("export_dir")
            made.append(self.writer.statement(call("", [], before=f"{name} = {directory}")[: -len("()")]))
            directory = name
        self.directories[site] = directory
        gfile = f"{self.tf}.io.gfile"
        condition = f"if {gfile}.exists({directory}) and {gfile}.listdir({directory}):"
        error = f'raise AssertionError(f"Export directory is not empty: {{{directory}}}")'
        made.append(self.writer.statement(f"{condition}\n\t{error}"))
        if self._needs_directory(site):
            made.append(self.writer.statement(f"{gfile}.makedirs({directory})"))
        return made

    def _stable(self, site: ExportSite) -> bool:
        """Whether the export directory's expression still means the same where the model is saved."""
        node = site.directory
        if isinstance(node, ast.Attribute) and self.purity.unstable(node):
            return False
        return all(site.opened.env.get(name.id) is site.saved.env.get(name.id) for name, _ in self.region.names(node))

    def _needs_directory(self, site: ExportSite) -> bool:
        """Whether code before the save may write into the directory, which the builder made when it was opened."""
        used = {value for _, value in self.region.names(site.directory) if not isinstance(value, Outer)}
        return any(
            site.opened.index < step.index < site.saved.index and step in self.kept and used & set(self._reads(step))
            for step in self.region.steps
        )

    def _assignments(self, step: Step) -> list[cst.BaseStatement]:
        states = self.plan.state_of()
        made: list[cst.BaseStatement] = []
        for assignment in self.plan.assignments[step]:
            assert isinstance(assignment.variable, ast.Name)
            state = states[self.region.value_of[assignment.variable]]
            value = self.respeller.expression(assignment.value, self.names, self.kinds)
            made.append(self.writer.statement(f"{self.model}.{state.attribute}.{assignment.method}({value})"))
        return self._with_comments(step, made)

    def _restore(self, restore: ModuleRestore) -> list[cst.BaseStatement]:
        """The values of a checkpoint, by the variables' TF1 names."""
        path = self.respeller.expression(restore.path, self.names, self.kinds)
        checkpoint = self._free("checkpoint")
        made = [f"{checkpoint} = {self.tf}.train.load_checkpoint({path})"]
        if restore.states is None:
            variable = self._free("variable")
            name = f'{variable}.name.removesuffix(":0")'
            if restore.averages:
                text = (
                    f'{self._free("name")} = {name}\n\tif {variable}.trainable:\n\t\tname += "/{restore.averages}"\n\t'
                )
                made.append(
                    f"for {variable} in {self.model}.variables:\n\t{text}{variable}.assign({checkpoint}.get_tensor(name))"
                )
            else:
                made.append(
                    f"for {variable} in {self.model}.variables:\n\t{variable}.assign({checkpoint}.get_tensor({name}))"
                )
        for state, stored in restore.states or ():
            attribute = f"{self.model}.{state.attribute}"
            made.append(f"{attribute}.assign({checkpoint}.get_tensor({json.dumps(stored)}))")
        return [self.writer.statement(text) for text in made]

    def _handover(self, site: ExportSite) -> list[cst.BaseStatement]:
        """The session's values, read once where TF1 saved them."""
        handed = self._handed()
        if not self.plan.handover or not handed or site is not min(self.plan.sites, key=lambda one: one.added[0].index):
            return []
        session = self.respeller.expression(site.session, self.names, self.kinds)
        if len(handed) <= 3:
            fetched = ", ".join(handed)
            values = ", ".join(self._value_names(handed))
            brackets = fetched if len(handed) == 1 else f"[{fetched}]"
            return [self.writer.statement(f"{values} = {session}.run({brackets})")]
        entries = [f'"{name}": {name}' for name in handed]
        line = f"{self._values_name()} = {session}.run({{{', '.join(entries)}}})"
        if len(line) <= 72:
            return [self.writer.statement(line)]
        inner = "".join(f"{CONTINUED}{entry},\n" for entry in entries)
        return [self.writer.statement(f"{self._values_name()} = {session}.run({{\n{inner}}})")]

    def _handed(self) -> list[str]:
        return list(dict.fromkeys(state.handed for state in self.plan.states if state.handed is not None))

    def _value_names(self, handed: list[str]) -> list[str]:
        return [self._free(f"{name}_value") for name in handed]

    def _values_name(self) -> str:
        return self._free("values")

    def _construction(self) -> dict[Step, list[ExportSite]]:
        """Where the module is made: before the first step that uses it, or at each save with values of its own."""
        plan = self.plan
        saves = sorted(self.saved, key=lambda step: step.index)
        users = [*plan.setters, *saves]
        saved = [save for saver in plan.checkpoints for save in saver.calls]
        for eager in (*plan.eager_runs, *saved, *plan.counts):
            users += [
                step
                for step in self.region.steps
                if step.inlined is None and any(eager in ast.walk(part) for part in header(step))
            ]
        first = min(users, key=lambda step: step.index)
        chain = self._solid(first)
        if any(self._solid(step)[: len(chain)] != chain for step in users):
            around = self._around(users, chain)
            if around is not None and plan.training is not None:
                return {around: [self.saved[step] for step in saves]}
            around = around if around is not None and isinstance(around.node, ast.If) else None
            if around is not None and plan.setters and not plan.eager_runs and not plan.handover:
                return {around: [self.saved[step] for step in saves]}
            if plan.setters or plan.eager_runs or plan.handover:
                raise Unprovable(CONTROL_FLOW, "the session is used in a branch before the export", first.node)
            return {step: [self.saved[step]] for step in saves}
        return {first: [self.saved[step] for step in saves]}

    def _around(self, users: Sequence[Step], chain: list[tuple[Step, str]]) -> Step | None:
        """The `if` or loop in front of which the module is made, where its first use stands in it."""
        common = 0
        while common < len(chain) and all(self._solid(step)[: common + 1] == chain[: common + 1] for step in users):
            common += 1
        around = chain[common][0]
        return around if isinstance(around.node, (ast.If, *LOOPS)) else None

    def _solid(self, step: Step) -> list[tuple[Step, str]]:
        """The compound statements around a step that stay, whatever becomes of contexts."""
        return [
            (branch.step, branch.name)
            for branch in step.branches
            if not isinstance(branch.step.node, (ast.With, ast.AsyncWith))
        ]

    def _construct(self, sites: list[ExportSite] | None) -> list[cst.BaseStatement]:
        if not sites:
            return []
        where = min(self.constructed, key=lambda step: step.index)
        arguments: list[str] = []
        for value, name in self.plan.parameters.items():
            if where.env.get(name) is not value:
                raise Unprovable(CONTROL_FLOW, f"'{name}' has another value where the module is made", where.node)
            arguments.append(name)
        arguments += [capture.name for capture in self.plan.captures]
        handed = self._handed()
        if self.plan.handover and handed:
            arguments += self._value_names(handed) if len(handed) <= 3 else [f"**{self._values_name()}"]
        text = call(self.plan.class_name, arguments, before=f"{self.model} = ", depth=1, indent=self.width)
        return [self.writer.statement(text), *map(self._saver, self.plan.checkpoints)]

    def _saver(self, saver: Checkpoints) -> cst.BaseStatement:
        """The statement that makes a Saver of the module's variables."""
        which = "trainable_variables" if saver.trainable else "variables"
        named = f'{{variable.name.removesuffix(":0"): variable for variable in {self.model}.{which}}}'
        arguments = [named, *(f"{name}={value}" for name, value in saver.options)]
        before = f"{saver.made.name} = "
        return self.writer.statement(
            call(f"{self.tf}.compat.v1.train.Saver", arguments, before=before, depth=1, indent=self.width)
        )

    def _save(self, site: ExportSite) -> list[cst.BaseStatement]:
        entries: list[tuple[str, str]] = []
        restored: list[tuple[str, str]] = []
        for signature in site.signatures:
            function = self.plan.keys[signature]
            key = self._key(signature.key, signature.key_node)
            entries.append((key, self._concrete(function)))
            if signature.method_name != PREDICT:
                restored.append((key, self._method_name(signature.method_name)))
        inner = "".join(f"{CONTINUED}{key}: {value.replace(chr(10), chr(10) + CONTINUED)},\n" for key, value in entries)
        directory = self.directories[site]
        line = f"signatures={{{', '.join(f'{key}: {value}' for key, value in entries)}}}"
        if len(entries) == 1 and len(line) < 68 and "\n" not in line:
            signatures = line
        else:
            signatures = f"signatures={{\n{inner}}}"
        text = call(f"{self.tf}.saved_model.save", [self.model, directory, signatures], depth=1, indent=self.width)
        made = [self.writer.statement(text)]
        made += self._after_save(site, directory, restored)
        return made

    def _after_save(self, site: ExportSite, directory: str, restored: list[tuple[str, str]]) -> list[cst.BaseStatement]:
        """What TF2's save leaves to do: method names, text format, and the path that the builder returned."""
        made: list[cst.BaseStatement] = []
        if restored:
            setter = SET_METHOD_NAMES if self.with_migrate else RESTORE_METHOD_NAMES
            self.helpers.add(setter)
            names = "{\n" + "".join(f"{CONTINUED}{key}: {value},\n" for key, value in restored) + "}"
            made.append(self.writer.statement(f"{setter}({directory}, {names})"))
        if site.tags is not None:
            self.helpers.add(RESTORE_TAGS)
            tags = self.respeller.expression(site.tags, Names(Home.MODEL), self.kinds)
            made.append(self.writer.statement(f"{RESTORE_TAGS}({directory}, {tags})"))
        made += self._as_text(site, directory)
        file = "saved_model.pbtxt" if site.as_text is not None and _true(site.as_text) else "saved_model.pb"
        path = f'{self.tf}.io.gfile.join({self.tf}.compat.as_bytes({directory}), b"{file}")'
        match site.saved.node:
            case ast.Return():
                made.append(self.writer.statement(f"return {path}"))
            case ast.Assign(targets=[ast.Name(id=name)]):
                made.append(self.writer.statement(f"{name} = {path}"))
        return made

    def _key(self, key: str, node: ast.expr | None) -> str:
        if node is not None and not isinstance(node, ast.Constant):
            text = self.respeller.expression(node, Names(Home.MODEL), self.kinds)
            if text.startswith(f"{self.tf}.") and len(text) < 80:
                return text
        return f'"{key}"' if '"' not in key and "\\" not in key else repr(key)

    def _method_name(self, name: str) -> str:
        if name == CLASSIFY:
            return f"{self.tf}.saved_model.CLASSIFY_METHOD_NAME"
        if name == REGRESS:
            return f"{self.tf}.saved_model.REGRESS_METHOD_NAME"
        return repr(name)

    def _concrete(self, function: Function) -> str:
        text = f"{self.model}.{function.name}"
        if decorated(function):
            return text
        specs = [self.class_writer.spec(entry, self.names) for entry in function.inputs]
        return call(f"{text}.get_concrete_function", specs, depth=3, indent=self.width)

    def _as_text(self, site: ExportSite, directory: str) -> list[cst.BaseStatement]:
        node = site.as_text
        if node is None or (isinstance(node, ast.Constant) and not node.value):
            return []
        self.helpers.add(SAVE_AS_TEXT)
        if isinstance(node, ast.Constant):
            return [self.writer.statement(f"{SAVE_AS_TEXT}({directory})")]
        condition = self.respeller.expression(node, self.names, self.kinds)
        return [self.writer.statement(f"if {condition}:\n\t{SAVE_AS_TEXT}({directory})")]

    def _runs(self) -> RunWriter:
        plain = Names(Home.FILE)
        return RunWriter(
            self.model, lambda node: self.respeller.expression(node, plain, self.kinds), self.writer, self.width
        )

    def _run_of(self, step: Step) -> FunctionRun | None:
        """The session run that a statement is, as a whole or unpacked into names."""
        value = step.node.value if isinstance(step.node, (ast.Assign, ast.Expr)) else None
        run = self.plan.eager_runs.get(value) if isinstance(value, ast.Call) else None
        return run if isinstance(run, FunctionRun) and run.kept is not None else None

    def _function_run(self, step: Step) -> list[cst.BaseStatement] | None:
        """The statements in place of one that is a session run as a whole."""
        run = self._run_of(step)
        if run is None:
            return None
        texts = self._runs().statements(run, step.node, self._free("results"))
        made = self._with_comments(step, [self.writer.statement(text) for text in texts])
        original = self.respeller.index.statement(step.node)
        if made and isinstance(original, cst.SimpleStatementLine) and original.trailing_whitespace.comment:
            made[0] = made[0].with_changes(trailing_whitespace=original.trailing_whitespace)
        return made

    def _eager_texts(self) -> dict[ast.AST, str]:
        """Session runs as calls of the module."""
        found: dict[ast.AST, str] = {}
        plain = Names(Home.FILE)
        for node, eager in self.plan.eager_runs.items():
            if isinstance(eager, FunctionRun):
                found |= {key: f'"{name}"' for key, name in eager.keys.items()}
                if eager.kept is None:
                    found[node] = self._runs().text(eager)
                continue
            arguments = ", ".join(
                self.respeller.expression(argument, plain, self.kinds) for argument in eager.arguments
            )
            texts = []
            for item in eager.fetched:
                if isinstance(item, State):
                    texts.append(f"{self.model}.{item.attribute}.numpy()")
                else:
                    texts.append(f'{self.model}.{item[0].name}({arguments})["{item[1]}"].numpy()')
            if eager.single:
                found[node] = texts[0]
            elif isinstance(eager.run.fetches, ast.Tuple):
                found[node] = f"({', '.join(texts)},)" if len(texts) == 1 else f"({', '.join(texts)})"
            else:
                found[node] = f"[{', '.join(texts)}]"
        return found

    def _free(self, name: str) -> str:
        """A name that the region does not use."""
        taken = (
            set(self.region.scope.bindings) | set(self.region.symbols.module.bindings) | set(self.directories.values())
        )
        candidate, count = name, 2
        while candidate in taken:
            candidate = f"{name}_{count}" if count > 2 or name != "model" else "exported_model"
            count += 1
        return candidate


def _filled(block: cst.BaseSuite, body: Sequence[cst.BaseStatement]) -> cst.BaseSuite:
    """A block with other statements; its indentation and comments at the end stay."""
    statements = list(body)
    if isinstance(block, cst.IndentedBlock):
        if len(block.body) == len(statements) and all(a is b for a, b in zip(block.body, statements, strict=True)):
            return block
        if statements and block.body and statements[0] is not block.body[0]:
            lines = list(leading(statements[0]))
            while lines and lines[0].comment is None:
                lines.pop(0)
            statements[0] = with_leading(statements[0], lines)
        return block.with_changes(body=statements)
    return cst.IndentedBlock(statements)


def _has_only(node: ast.If, kind: type[ast.stmt]) -> bool:
    return all(isinstance(child, kind) for child in [*node.body, *node.orelse])


def _footer(block: cst.BaseSuite) -> list[cst.EmptyLine]:
    """The comments at the end of a block."""
    return [line for line in block.footer if line.comment is not None] if isinstance(block, cst.IndentedBlock) else []


def _true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)


def _is_attribute(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
