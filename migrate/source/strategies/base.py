"""What all parts of the native planner share."""

from __future__ import annotations

import ast
import keyword

from migrate.source.flow import (
    Definition,
    Fact,
    Region,
    Step,
    Value,
)
from migrate.source.kinds import Kinds, header
from migrate.source.purity import Purity
from migrate.source.session import SessionUse
from migrate.source.sites import ExportSite
from migrate.source.slicing.slices import Slice, Slicer
from migrate.source.slicing.state_calls import state_leaves
from migrate.source.specs import Specs, argument_of
from migrate.source.strategies.plan import NativePlan, State

_MODULE_NAMES = frozenset({"name", "name_scope", "submodules", "trainable_variables", "variables", "with_name_scope",
                           "non_trainable_variables", "self", "signatures"})  # fmt: skip
_RANDOM = (
    "random",
    "truncated_normal",
    "shuffle",
    "multinomial",
    "glorot",
    "xavier",
    "orthogonal",
    "variance_scaling",
    "he_",
)


class PlannerBase:
    """The exports of one graph, what is known about their region, and the plan that is being made."""

    def __init__(self, sites: tuple[ExportSite, ...], kinds: Kinds, taken: frozenset[str], module: str) -> None:
        self.module = module
        self.sites = sites
        self.kinds = kinds
        self.region: Region = kinds.region
        self.taken = taken
        self.purity = Purity(kinds)
        self.session = SessionUse(kinds)
        self.specs = Specs(kinds)
        self.facts = _common_facts(sites)
        self.steps = [step for site in sites for step in (*site.added, site.saved)]
        self.slicer = Slicer(kinds, self.purity, self.facts, self.steps)
        self.plan_ = NativePlan(kinds, sites, self.facts)
        self.members: set[str] = set(_MODULE_NAMES)
        self._names: dict[str, int] = {}

    def _fresh(self, name: str) -> str:
        candidate, count = name, 1
        while candidate in self.members or keyword.iskeyword(candidate):
            candidate = f"{name}_{count}"
            count += 1
        self.members.add(candidate)
        return candidate

    def _step_of(self, node: ast.AST) -> Step:
        return next(
            step
            for step in self.region.steps
            if any(node is child for part in header(step) for child in ast.walk(part))
        )

    def _calls_of(self, state: State) -> list[ast.Call]:
        if isinstance(state.expression, ast.Call):
            return [state.expression]
        return state_leaves(state.expression, self.kinds)

    def _deterministic(self, call: ast.Call) -> bool:
        """Whether a variable's initial value is the same each time, as far as names tell."""
        pending: list[ast.AST] = [call]
        seen: set[Value] = set()
        if self.kinds.symbol(call) == "get_variable" and argument_of(call, "initializer", 3) is None:
            return False
        while pending:
            for node in ast.walk(pending.pop()):
                if isinstance(node, (ast.Attribute, ast.Name)):
                    name = (self.region.resolve(node) or "").lower()
                    if any(word in name for word in _RANDOM):
                        return False
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    value = self.region.value_of.get(node)
                    if isinstance(value, Definition) and value not in seen and value.expression is not None:
                        seen.add(value)
                        pending.append(value.expression)
        return True

    def _export_steps(self) -> set[Step]:
        return {step for site in self.sites for step in (site.opened, *site.added, site.saved)}

    def _moves(self, step: Step) -> bool:
        """Whether a step goes into the module."""
        plan = self.plan_
        if step in plan.init_steps or any(state.step is step for state in plan.states):
            return True
        return any(step in function.slice.steps for function in plan.functions)


def merge_slices(into: Slice, other: Slice) -> None:
    """Adds one slice to another."""
    into.steps |= other.steps
    into.states |= other.states
    into.inline_states += other.inline_states
    into.python |= other.python
    into.functions |= other.functions
    into.parameters |= other.parameters


def _common_facts(sites: tuple[ExportSite, ...]) -> tuple[Fact, ...]:
    """What is known wherever the sites hand over and save."""
    facts: list[Fact] = []
    for site in sites:
        steps = [*site.added]
        common = [fact for fact in steps[0].facts if all(fact in step.facts for step in steps[1:])]
        facts += [*common, *site.saved.facts]
    shared = [fact for fact in facts if all(_has(site, fact) for site in sites)]
    return tuple(dict.fromkeys(shared))


def _has(site: ExportSite, fact: Fact) -> bool:
    return fact in site.saved.facts or all(fact in step.facts for step in site.added)
