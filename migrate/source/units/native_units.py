"""Native plans: all exports of one graph together."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from migrate.choices import Choices
from migrate.results import Finding, Level, Site
from migrate.settings import Settings
from migrate.source.bugs import bugs_as_reasons
from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.flow import Region, Step, Value
from migrate.source.kinds import Kinds
from migrate.source.layers.rewrite import has_layers, without_layers
from migrate.source.sites import PREDICT, ExportSite
from migrate.source.slicing.graph_contexts import graph_context
from migrate.source.strategies.native import plan_native
from migrate.source.strategies.other_answers import refuse_other_answers
from migrate.source.strategies.outside_training import refuse_outside_training
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.site_plan import Mode
from migrate.source.strategies.training.kept import RULE as TRAINING
from migrate.source.strategies.training.planner import plan_training
from migrate.source.strategies.wrapping.limits import refuse_early_tensors
from migrate.source.strategies.wrapping.traits import refuse_dimension_none
from migrate.source.units.carrying_out import CarryingOut
from migrate.source.units.line_breaks import has_unusual_breaks
from migrate.source.units.said import Said
from migrate.source.units.unit import NATIVE, Unit
from migrate.source.unprovable import Inapplicable, Unprovable
from migrate.source.unrolling.lambdas import calls_lambdas, without_lambdas
from migrate.source.unrolling.listed_cells import lists_cells, with_listed_cells
from migrate.source.unrolling.loops import makes_in_loop
from migrate.source.unrolling.own_names import shares_names, with_own_names
from migrate.source.unrolling.rewrite import without_loops
from migrate.source.unrolling.static_shapes import reads_shapes, without_shapes
from migrate.source.unrolling.written_out import WrittenOut
from migrate.source.view import ModuleView

if TYPE_CHECKING:
    from migrate.source.module import Module

NATIVE_BUILDER = "TFM001"
NATIVE_SIMPLE_SAVE = "TFM002"
HANDOVER = "TFM003"
METHOD_NAMES = "TFM004"
TAGS = "TFM015"
LAYERS = "TFM010"
_TRAINING = "training"


class NativeUnits:
    """Native plans for the exports of a module, which take all exports of a graph together."""

    def __init__(
        self,
        view: ModuleView,
        settings: Settings,
        choices: Choices,
        said: Said,
        carrying_out: CarryingOut,
        again: Callable[[str, Choices], Module],
    ) -> None:
        """Nothing is planned yet.

        Args:
            view: The module.
            settings: What may be done.
            choices: What was decided about single sites.
            said: Where it is noted what has no plan.
            carrying_out: What the plans are tried with.
            again: Gives the module with another text.
        """
        self._view = view
        self._settings = settings
        self._choices = choices
        self._said = said
        self._carrying_out = carrying_out
        self._again = again
        self._candidates = view.candidates

    def units(self, ordinals: Iterable[int]) -> list[Unit]:
        """A unit for the exports of every graph that is built where it is exported.

        Args:
            ordinals: The candidates that may be rewritten.
        """
        graphs: dict[tuple[Region, Step | Value | None], list[tuple[int, ExportSite]]] = {}
        for ordinal in ordinals:
            candidate = self._candidates[ordinal]
            if candidate.kind not in EXPORTS or candidate.starred is not None or has_unusual_breaks(self._view.text):
                continue
            try:
                with bugs_as_reasons():
                    refuse_other_answers(self._view.symbols, self._view.text)
                    refuse_dimension_none(self._view.tree)
                    refuse_outside_training(candidate, self._view)
                    site = self._view.export_site(candidate)
            except Unprovable as reason:
                self._said.refuse(ordinal, Level.NATIVE, NATIVE, reason)
                continue
            context = graph_context(site.added[0], self._view.kinds(candidate.scope))
            graphs.setdefault((site.region, context), []).append((ordinal, site))
        return [unit for pairs in graphs.values() if (unit := self._native(pairs)) is not None]

    def _native(self, pairs: list[tuple[int, ExportSite]]) -> Unit | None:
        """Plans the exports of one graph together."""
        kinds = self._view.kinds(self._candidates[pairs[0][0]].scope)
        written = self._written_out(pairs, kinds, with_listed_cells) if lists_cells(kinds) else None
        if written is None and makes_in_loop(kinds):
            written = self._written_out(pairs, kinds, without_loops)
        if written is None and reads_shapes(kinds):
            written = self._written_out(pairs, kinds, without_shapes)
        written = written or (self._with_layers(pairs, kinds) if has_layers(kinds) else None)
        if written is not None:
            return written
        name = PurePath(self._view.path).stem
        found = tuple(site for _, site in pairs)
        ordinals = tuple(ordinal for ordinal, _ in pairs)
        plan: NativePlan | None = None
        try:
            with bugs_as_reasons():
                made = plan_native(found, kinds, self._view.symbols.module.bindings, name)
                if made.legacy:
                    refuse_early_tensors(self._view)
                plan = made
        except Unprovable as reason:
            for ordinal in ordinals:
                self._said.refuse(ordinal, Level.NATIVE, NATIVE, reason)
        if plan is None and calls_lambdas(kinds):
            written = self._written_out(pairs, kinds, without_lambdas)
            if written is not None:
                return written
        if plan is None and shares_names(kinds):
            written = self._written_out(pairs, kinds, with_own_names)
            if written is not None:
                return written
        if (plan is None or plan.legacy) and self._without_session():
            try:
                trained = plan_training(found, kinds, self._view.symbols.module.bindings, name)
                self._carrying_out.emit([Unit(ordinals, trained, [])], Mode.EAGER)
                plan = trained
            except Inapplicable:
                pass
            except Unprovable as reason:
                if plan is not None:
                    plan.session_stays = reason
                for ordinal in ordinals:
                    self._said.refuse(ordinal, Level.NATIVE, _TRAINING, reason)
        if plan is None:
            return None
        sites = [self._native_site(self._candidates[ordinal], site, plan) for ordinal, site in pairs]
        return Unit(ordinals, plan, sites)

    def _without_session(self) -> bool:
        """Whether `native` was asked for, so that no session is to stay for training."""
        settings = self._settings
        select = set(settings.select)
        return settings.level is Level.NATIVE and TRAINING not in settings.ignore and (not select or TRAINING in select)

    def _written_out(
        self, pairs: list[tuple[int, ExportSite]], kinds: Kinds, write: Callable[[str, Kinds], WrittenOut]
    ) -> Unit | None:
        """The same after loops that make variables, or what their shapes are made of, were written out."""
        ordinals = tuple(ordinal for ordinal, _ in pairs)
        try:
            with bugs_as_reasons():
                made = write(self._view.text, kinds)
                module = self._again(made.text, self._choices)
            unit = module.native_unit(ordinals)
            if unit is None:
                raise made.placed(module.reason(ordinals[0]))
            assert isinstance(unit.plan, NativePlan)
            if unit.plan.session_stays is not None:
                unit.plan.session_stays = made.placed(unit.plan.session_stays)
        except Inapplicable:
            return None
        except Unprovable as reason:
            for ordinal in ordinals:
                self._said.refuse(ordinal, Level.NATIVE, NATIVE, reason)
            return None
        sites = [self._native_site(self._candidates[ordinal], site, unit.plan) for ordinal, site in pairs]
        if unit.layered is not None:
            place = (sites[0].line, sites[0].column)
            notes = [one for one in unit.sites[0].findings if one.rule == LAYERS]
            findings = [replace(one, line=place[0], column=place[1]) for one in notes]
            sites[0] = replace(sites[0], findings=(*sites[0].findings, *findings))
        return Unit(ordinals, unit.plan, sites, layered=made)

    def _with_layers(self, pairs: list[tuple[int, ExportSite]], kinds: Kinds) -> Unit | None:
        """The same after the layers that TF2 has not were written out."""
        ordinals = tuple(ordinal for ordinal, _ in pairs)
        found = tuple(site for _, site in pairs)
        try:
            with bugs_as_reasons():
                layered = without_layers(self._view.text, self._view, kinds)
                module = self._again(layered.text, self._choices)
            unit = module.native_unit(ordinals)
            if unit is None:
                raise layered.placed(module.reason(ordinals[0]))
            assert isinstance(unit.plan, NativePlan)
            layered.refuse_training(kinds, found, legacy=unit.plan.legacy or unit.plan.training is not None)
            if unit.plan.session_stays is not None:
                unit.plan.session_stays = layered.placed(unit.plan.session_stays)
        except Unprovable as reason:
            for ordinal in ordinals:
                self._said.refuse(ordinal, Level.NATIVE, NATIVE, reason)
            return None
        sites = [self._native_site(self._candidates[ordinal], site, unit.plan) for ordinal, site in pairs]
        note = Finding(LAYERS, sites[0].line, sites[0].column, layered.message, Level.NATIVE)
        sites[0] = replace(sites[0], findings=(*sites[0].findings, note))
        return Unit(ordinals, unit.plan, sites, layered=layered)

    def unit(self, ordinals: tuple[int, ...]) -> Unit | None:
        """The native unit for some exports of one graph."""
        try:
            pairs = [(ordinal, self._view.export_site(self._candidates[ordinal])) for ordinal in ordinals]
        except Unprovable as reason:
            for ordinal in ordinals:
                self._said.refuse(ordinal, Level.NATIVE, NATIVE, reason)
            return None
        return self._native(pairs)

    def _native_site(self, candidate: Candidate, site: ExportSite, plan: NativePlan) -> Site:
        rule = (
            HANDOVER
            if plan.handover
            else TRAINING
            if plan.training
            else NATIVE_SIMPLE_SAVE
            if site.kind == "simple_save"
            else NATIVE_BUILDER
        )
        message = "becomes a tf.Module with one tf.function a signature, saved with tf.saved_model.save"
        if plan.handover:
            message += "; the session keeps its own graph, and its values are read once"
        elif plan.training is not None:
            message += "; it trains itself, with tf.GradientTape in the place of the session"
        findings: list[Finding] = []
        base = self._said.site(candidate, rule, Level.NATIVE, message, None, site.signatures)
        restored = [signature.key for signature in site.signatures if signature.method_name != PREDICT]
        if restored:
            keys = ", ".join(f"'{key}'" for key in restored)
            text = f"the method name of {keys} is restored after the save, which always writes predict"
            findings.append(Finding(METHOD_NAMES, base.line, base.column, text, Level.NATIVE))
        if site.tags is not None:
            text = f"the tags {ast.unparse(site.tags)} are set after the save, which always writes the one tag serve"
            findings.append(Finding(TAGS, base.line, base.column, text, Level.NATIVE))
        findings += [Finding(rule, base.line, base.column, text, Level.NATIVE) for rule, text in plan.notes]
        if plan.session_stays is not None:
            where = f" (line {plan.session_stays.line})" if plan.session_stays.line else ""
            text = f"the training stays in its session: {plan.session_stays.reason}{where}"
            findings.append(Finding(TRAINING, base.line, base.column, text, Level.FLAGGED))
        return replace(base, findings=tuple(findings))
