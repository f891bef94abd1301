"""Which statements of the exporting function stay."""

from __future__ import annotations

import ast

from migrate.source.emit.module_class import decorated
from migrate.source.emit.remainder.seen import makes_variables, seen_of_graph
from migrate.source.flow import LOOPS, TRIES, Definition, Merge, Step, Value
from migrate.source.kinds import IN_GRAPH, Kind, calls, header
from migrate.source.mode import MODE_SWITCHES
from migrate.source.purity import Purity
from migrate.source.session import Effect, SessionUse
from migrate.source.slicing.cuts import parameter_of_call
from migrate.source.strategies.plan import FunctionRun, NativePlan

_LEGACY_KINDS = IN_GRAPH | {Kind.SESSION, Kind.GRAPH, Kind.SAVER}
_EXPORT_KINDS = frozenset({Kind.INFO, Kind.SIGNATURE, Kind.BUILDER})
_SEEDS = frozenset({"set_random_seed", "random.set_random_seed", "random.set_seed"})


class KeptSteps:
    """Tells of each step of a region whether it stays, and whether it belongs to the session's part.

    Attributes:
        steps: Those that stay, by liveness: what has effects, and what those steps and the new code need.
    """

    def __init__(self, plan: NativePlan, session: SessionUse, purity: Purity) -> None:
        self.plan = plan
        self.kinds = plan.kinds
        self.region = plan.kinds.region
        self.session = session
        self.purity = purity
        self._export = {step for site in plan.sites for step in (site.opened, *site.added, site.saved)}
        self.steps = self._kept()

    def reads(self, step: Step) -> list[Value]:
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

    def is_legacy(self, step: Step) -> bool:
        """Whether a kept step belongs to the graph or its session."""
        if any(self.kinds.value(made) in _LEGACY_KINDS for made in step.writes):
            return True
        if self.session.effects(step) or self.sets_seed(step.node):
            return True
        return any(self.kinds.value(value) in _LEGACY_KINDS for value in self.reads(step))

    def sets_seed(self, node: ast.AST) -> bool:
        """Whether it sets the seed of the default graph: the one in which the session's part is now built."""
        match node:
            case ast.Expr(value=ast.Call() as call):
                return self.kinds.symbol(call) in _SEEDS
        return False

    def _kept(self) -> set[Step]:
        """Steps that stay, by liveness: what has effects, and what those steps and the new code need."""
        plan = self.plan
        exclusive = self._exclusive()
        special = {*self._export, *plan.setters}
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
        needed |= {value for step in kept for value in self._reads_with_tests(step)}
        changed = True
        while changed:
            changed = False
            closure = self._closure(needed)
            for step in list(candidates):
                if any(made in closure for made in step.writes):
                    candidates.remove(step)
                    kept.add(step)
                    needed |= set(self._reads_with_tests(step))
                    changed = True
        return kept

    def _reads_with_tests(self, step: Step) -> list[Value]:
        """What a step reads, and the headers of the tests and loops that stay around it."""
        around = [branch.step for branch in step.branches if isinstance(branch.step.node, (ast.If, *LOOPS))]
        return [value for one in (step, *around) for value in self.reads(one)]

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
            for value in self.reads(other)
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
            found -= {step for step in found if makes_variables(step, self.kinds)}
        # A graph that is written to a file is seen as it is by then.
        written = max((step.index for step in self.region.steps if "written" in self._sees(step)), default=-1)
        if plan.legacy:
            found -= {step for step in found if step.index < written}
        return found

    def _sees(self, step: Step) -> set[str]:
        """What of the graph a step can see, the export's own steps aside."""
        return set() if step in self._export else seen_of_graph(step, self.session)

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
