"""One module with its sites: finds a plan for each, and carries out those that are wanted.

All rewritten sites of a file run in one program, so they share a mode (`Mode`): where one site needs session code to
stay, no other can move to TF2's own behaviour, and gets the next lower plan that can be had.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePath

from migrate.choices import CHOICE, NOT_ACCEPTED, Choices
from migrate.results import Finding, Level, Refusal, Signature, Site
from migrate.settings import Settings
from migrate.source.bugs import bugs_as_reasons
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import merged
from migrate.source.emit.changed import emit_eager, emit_graph_mode
from migrate.source.emit.file import emit
from migrate.source.emit.outside import in_graphs
from migrate.source.flow import Region, Step, Value
from migrate.source.kinds import Kinds
from migrate.source.layers.rewrite import Layered, has_layers, without_layer_imports, without_layers
from migrate.source.mode import PLACEHOLDERS, bridge_import, graph_code, switches_mode
from migrate.source.notebook.cells import refuse_split
from migrate.source.sites import PREDICT, ExportSite, SignatureSource
from migrate.source.slicing.graph_contexts import graph_context
from migrate.source.strategies.exact_types import refuse_exact_types
from migrate.source.strategies.native import plan_native
from migrate.source.strategies.outside_training import refuse_outside_training
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.registry import STRATEGIES
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.strategies.training.kept import RULE as TRAINING
from migrate.source.strategies.training.planner import plan_training
from migrate.source.strategies.wrapping.graph_code import PROGRAM_RULE
from migrate.source.strategies.wrapping.limits import refuse_dimension_none, refuse_early_tensors
from migrate.source.symbols import Symbols
from migrate.source.unprovable import ELSEWHERE, MODE, NOT_REWRITTEN, OLD_FORMAT, Inapplicable, Unprovable
from migrate.source.unrolling.loops import makes_in_loop
from migrate.source.unrolling.own_names import shares_names, with_own_names
from migrate.source.unrolling.rewrite import without_loops
from migrate.source.unrolling.static_shapes import reads_shapes, without_shapes
from migrate.source.unrolling.written_out import WrittenOut
from migrate.source.view import ModuleView

NATIVE_BUILDER = "TFM001"
NATIVE_SIMPLE_SAVE = "TFM002"
HANDOVER = "TFM003"
METHOD_NAMES = "TFM004"
TAGS = "TFM015"
LAYERS = "TFM010"

_UNUSUAL_BREAK = re.compile(r"\r(?!\n)|\x0c")
_ADVICE = "left as it is"
_NATIVE = "native"
_STAYS = "the rewrite of an export of the same graph was not accepted"
_TRAINING = "training"
_Reason = tuple[Level, str, Unprovable]
_LEVELS = list(Level)


@dataclass(slots=True, eq=False)
class Unit:
    """Sites that are rewritten together, and how.

    Attributes:
        ordinals: Which candidates of the module.
        plan: What is done about them.
        sites: What is said about them.
        strategy: Whose plan it is; None for the native one.
        layered: The module with layers or loops of the sites' function written out, where the plan is for that.
    """

    ordinals: tuple[int, ...]
    plan: NativePlan | SitePlan
    sites: list[Site]
    strategy: Strategy | None = None
    layered: Layered | WrittenOut | None = None

    @property
    def name(self) -> str:
        """The name of its strategy."""
        return self.strategy.name if self.strategy is not None else _NATIVE

    @property
    def mode(self) -> Mode:
        """How TensorFlow must behave for it."""
        return self.plan.mode if isinstance(self.plan, SitePlan) else Mode.EAGER


class Failed(Exception):
    """A unit of several cannot be carried out."""

    def __init__(self, position: int, reason: Unprovable) -> None:
        super().__init__(reason.reason)
        self.position = position
        self.reason = reason


class Module:
    """A module whose sites get the best plans that can be shown to be safe."""

    def __init__(self, view: ModuleView, settings: Settings, choices: Choices) -> None:
        """Reads a module.

        Args:
            view: What is known of it.
            settings: What may be done.
            choices: What was decided about single sites.
        """
        self.text = view.text
        self.path = view.path
        self.settings = settings
        self.choices = choices
        self.view = view
        self._candidates = self.view.candidates
        self._sites: dict[int, Site] = {}
        self._reasons: dict[int, list[_Reason]] = {}
        self._passed_over: set[int] = set()
        self._passed_units: list[Unit] = []
        self._texts: dict[tuple[tuple[int, ...], ...], str] = {}

    def sites(self) -> tuple[Site, ...]:
        """Every site, in the order of the source."""
        return tuple(self._sites[ordinal] for ordinal in sorted(self._sites))

    def mode(self, units: Sequence[Unit]) -> Mode | None:
        """How TensorFlow must behave for the text after some units; None where there are none."""
        modes = {unit.mode for unit in units}
        return next((mode for mode in (Mode.EAGER, Mode.GRAPH, Mode.ANY) if mode in modes), None)

    # ---- choosing --------------------------------------------------------------------------------------------

    def units(self) -> list[Unit]:
        """The units that can be carried out, each at the best level; what cannot be rewritten is flagged."""
        chosen = [unit for unit in self.native_units() if self._wanted(unit)]
        options = {ordinal: self._options(ordinal) for ordinal in self._open()}
        taken = {ordinal for unit in chosen for ordinal in unit.ordinals}
        chosen += self._next(options.keys() - taken, options, taken)
        while chosen:
            # In the order in which they are carried out in the end.
            chosen.sort(key=lambda unit: unit.ordinals)
            lowered = self._conflicts(chosen) or self._failing(chosen)
            if not lowered:
                break
            for unit in lowered:
                chosen.remove(unit)
            self._revive(chosen, options)
            taken = {ordinal for unit in chosen for ordinal in unit.ordinals}
            chosen += self._next(sorted(options.keys() - taken), options, taken)
        for unit in chosen:
            for ordinal, site in zip(unit.ordinals, unit.sites, strict=True):
                self._sites[ordinal] = self._explained(site, ordinal)
        taken = {ordinal for unit in chosen for ordinal in unit.ordinals}
        for ordinal in self.choices.closed:
            if not self._is_skipped(self._candidates[ordinal]):
                self._refuse(ordinal, Level.NATIVE, CHOICE, Unprovable(NOT_REWRITTEN, NOT_ACCEPTED))
                self._flag(ordinal)
        for ordinal in options.keys() - taken:
            self._flag(ordinal)
        return chosen

    def _open(self) -> list[int]:
        """The candidates that no comment, no option and no choice rules out."""
        return [
            ordinal
            for ordinal, candidate in enumerate(self._candidates)
            if ordinal not in self.choices.closed and not self._is_skipped(candidate)
        ]

    def _options(self, ordinal: int) -> Iterator[Unit]:
        """Units for one candidate, best first; why there is no better one is noted on the way."""
        candidate = self._candidates[ordinal]
        if _UNUSUAL_BREAK.search(self.text):
            reason = "the file has form feeds, or lines that end with a carriage return alone"
            self._refuse(ordinal, Level.NATIVE, _NATIVE, Unprovable(NOT_REWRITTEN, reason))
            return
        try:
            self._refuse_at_any_level(candidate)
        except Unprovable as refusal:
            self._refuse(ordinal, Level.NATIVE, _NATIVE, refusal)
            return
        for strategy in STRATEGIES:
            if any(reason.final for _, _, reason in self._reasons.get(ordinal, ())):
                return
            if candidate.kind not in strategy.kinds:
                continue
            unit = self.unit(ordinal, strategy)
            if unit is not None and self._wanted(unit):
                yield unit

    def _refuse_at_any_level(self, candidate: Candidate) -> None:
        if candidate.starred is not None:
            reason = f"its 'tf' comes by 'from {candidate.starred} import *': import TensorFlow in this file, too"
            raise Unprovable(ELSEWHERE, reason)
        if candidate.kind is SiteKind.SESSION_BUNDLE:
            reason = "it writes a SessionBundle, which no TensorFlow 2 and no current server reads"
            raise Unprovable(OLD_FORMAT, reason)
        refuse_exact_types(self.view.symbols, self.text)
        refuse_outside_training(candidate, self.view)

    def unit(self, ordinal: int, strategy: Strategy) -> Unit | None:
        """The unit that a strategy plans for a candidate; None where it does not apply."""
        candidate = self._candidates[ordinal]
        try:
            with bugs_as_reasons():
                plan = strategy.plan(candidate, self.view)
        except Inapplicable:
            return None
        except Unprovable as reason:
            self._refuse(ordinal, strategy.level, strategy.name, reason)
            return None
        covered = [candidate, *plan.covers]
        sites = [self._site(one, plan.rule, plan.level, plan.message, None, plan.signatures) for one in covered]
        notes = tuple(Finding(rule, sites[0].line, sites[0].column, text, plan.level) for rule, text in plan.notes)
        sites = [replace(site, findings=notes, proved=plan.proved) for site in sites]
        ordinals = tuple(self._candidates.index(one) for one in covered)
        staying = self.choices.closed.intersection(ordinals)
        if staying:
            stays = Unprovable(NOT_REWRITTEN, _STAYS, self._candidates[min(staying)].call)
            self._refuse(ordinal, strategy.level, strategy.name, stays)
            return None
        return Unit(ordinals, plan, sites, strategy)

    def _next(
        self, ordinals: Collection[int], options: dict[int, Iterator[Unit]], taken: Collection[int]
    ) -> list[Unit]:
        """The next best units for some candidates; none of them covers a candidate that has its unit already."""
        found: list[Unit] = []
        settled = set(taken)
        # What an export covers, such as the graph that it loads, should not get a plan of its own before it.
        for ordinal in sorted(ordinals, key=lambda one: (self._candidates[one].kind not in EXPORTS, one)):
            if ordinal in settled:
                continue
            unit: Unit | None = None
            for one in options.get(ordinal, ()):
                if settled.isdisjoint(one.ordinals):
                    unit = one
                    break
                self._passed_units.append(one)
            if unit is not None:
                found.append(unit)
                settled |= set(unit.ordinals)
        return found

    def _revive(self, chosen: list[Unit], options: dict[int, Iterator[Unit]]) -> None:
        """Chooses a unit that was passed over for one that is gone by now, where it is better than what is chosen.

        What it takes the place of comes back where it is lowered itself.
        """
        for unit in self._passed_units:
            others = [one for one in chosen if not set(one.ordinals).isdisjoint(unit.ordinals)]
            level = _LEVELS.index(unit.sites[0].level)
            if all(_LEVELS.index(one.sites[0].level) > level for one in others):
                self._passed_units.remove(unit)
                for one in others:
                    chosen.remove(one)
                    first = one.ordinals[0]
                    options[first] = chain([one], options.get(first, iter(())))
                chosen.append(unit)
                return

    def _conflicts(self, chosen: list[Unit]) -> list[Unit]:
        """Units that cannot be beside others, because TensorFlow has one behaviour."""
        yielding = [unit for unit in chosen if unit.strategy is not None and unit.strategy.gives_way]
        firm = [unit for unit in chosen if unit not in yielding]
        lowered = self._not_eager(firm)
        eager = next((unit for unit in firm if unit.mode is Mode.EAGER), None)
        if lowered or eager is None:
            return lowered
        where = self._candidates[eager.ordinals[0]].call
        reason = Unprovable(
            MODE, "other code of the file moves to TF2's own behaviour, where sessions have no graph", where
        )
        for unit in yielding:
            for ordinal in unit.ordinals:
                self._refuse(ordinal, unit.sites[0].level, unit.name, reason)
        return yielding

    def _not_eager(self, chosen: list[Unit]) -> list[Unit]:
        """Units for TF2's own behaviour in a file that needs TF1's."""
        eager = [unit for unit in chosen if unit.mode is Mode.EAGER]
        if not eager:
            return []
        where: ast.AST | None = None
        graph = [unit for unit in chosen if unit.mode is Mode.GRAPH]
        if self.settings.stays_because:
            where = self._candidates[eager[0].ordinals[0]].call
            reason = Unprovable(MODE, self.settings.stays_because)
        elif graph:
            where = self._candidates[graph[0].ordinals[0]].call
            reason = Unprovable(MODE, "other code of the file still needs its session, and TF1's behaviour", where)
        elif (where := bridge_import(self.view.symbols)) is not None:
            reason = Unprovable(MODE, "the file hands sessions to migrate.bridge, which need TF1's behaviour", where)
        else:
            where = self._other_graph_code(chosen)
            reason = Unprovable(MODE, "other code of the file still builds a TF1 graph, which TF2 would not run", where)
        if where is None:
            return []
        for unit in eager:
            for ordinal in unit.ordinals:
                self._refuse(ordinal, unit.sites[0].level, unit.name, reason)
        return eager

    def _other_graph_code(self, chosen: list[Unit]) -> ast.AST | None:
        """A place outside of some units that needs TF1's default graph, or TF2's behaviour switched off."""
        view = self.view
        done = {ordinal for unit in chosen for ordinal in unit.ordinals}
        # A call that is not rewritten is none of the file's sites; a predictor has a graph of its own.
        rest = [
            c
            for ordinal, c in enumerate(self._candidates)
            if ordinal not in done and c.kind not in (SiteKind.EXPORT_CALL, SiteKind.PREDICTOR)
        ]
        regions: set[ast.AST] = set()
        for unit in chosen:
            if unit.layered is not None:
                regions.add(unit.layered.scope.node)
            elif isinstance(unit.plan, NativePlan):
                regions.add(unit.plan.kinds.region.scope.node)
            else:
                regions |= unit.plan.regions | {self._candidates[ordinal].scope.node for ordinal in unit.ordinals}
        mixed = next((candidate.call for candidate in rest if candidate.scope.node in regions), None)
        regions |= {candidate.scope.node for candidate in rest}
        switched = switches_mode(view.symbols)
        where = mixed or graph_code(view.symbols, regions)  # type: ignore[arg-type]
        if where is None and switched and rest:
            where = rest[0].call
        if where is None or (view.tensorflow.modern and not switched):
            return None
        return where

    def _failing(self, chosen: list[Unit]) -> list[Unit]:
        """A unit that cannot be carried out with the others, if there is one."""
        try:
            text = self.carry_out(chosen)
        except Failed as failed:
            unit = chosen[failed.position]
            for ordinal in unit.ordinals:
                self._refuse(ordinal, unit.sites[0].level, unit.name, failed.reason)
            return [unit]
        return self.incomplete(chosen, text)

    def incomplete(self, chosen: list[Unit], text: str) -> list[Unit]:
        """Native units that leave a placeholder behind, of a graph that nothing exports: TF2 would not run it.

        Args:
            chosen: The units.
            text: What they leave.
        """
        natives = [unit for unit in chosen if isinstance(unit.plan, NativePlan)]
        if not natives or self.view.tensorflow.modern:
            return []
        regions = [unit.plan.kinds.region.scope.node for unit in natives if isinstance(unit.plan, NativePlan)]
        names = {node.name for node in regions if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
        symbols = Symbols(ast.parse(text))
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        others = {node for node in ast.walk(symbols.tree) if isinstance(node, functions) and node.name not in names}
        if graph_code(symbols, others, names=PLACEHOLDERS) is None:
            return []
        reason = Unprovable(
            MODE, "a placeholder that is not exported would stay, which TF2's own behaviour does not have"
        )
        for unit in natives:
            for ordinal in unit.ordinals:
                self._refuse(ordinal, unit.sites[0].level, unit.name, reason)
        # The same sites are carried out in another way next.
        self._texts.clear()
        return natives

    def _wanted(self, unit: Unit) -> bool:
        """Whether the settings allow a rewrite."""
        settings = self.settings
        rules = {site.rule for site in unit.sites}
        if rules & set(settings.ignore) or (settings.select and not rules <= set(settings.select)):
            self._passed_over.update(unit.ordinals)
            return False
        level = unit.sites[0].level
        best = max((settings.best, *map(self.choices.level, unit.ordinals)), key=_LEVELS.index)
        if _LEVELS.index(level) >= _LEVELS.index(best):
            return True
        text = f"it can be {level.value}, and there is no rewrite at level {best.value}"
        for ordinal in unit.ordinals:
            self._refuse(ordinal, level, unit.name, Unprovable(NOT_REWRITTEN, text))
        return False

    # ---- native plans, which take all exports of a graph together --------------------------------------------

    def native_units(self) -> list[Unit]:
        """A unit for the exports of every graph that is built where it is exported."""
        graphs: dict[tuple[Region, Step | Value | None], list[tuple[int, ExportSite]]] = {}
        for ordinal in self._open():
            candidate = self._candidates[ordinal]
            if candidate.kind not in EXPORTS or candidate.starred is not None or _UNUSUAL_BREAK.search(self.text):
                continue
            try:
                with bugs_as_reasons():
                    refuse_exact_types(self.view.symbols, self.text)
                    refuse_dimension_none(self.view.tree)
                    refuse_outside_training(candidate, self.view)
                    site = self.view.export_site(candidate)
            except Unprovable as reason:
                self._refuse(ordinal, Level.NATIVE, _NATIVE, reason)
                continue
            context = graph_context(site.added[0], self.view.kinds(candidate.scope))
            graphs.setdefault((site.region, context), []).append((ordinal, site))
        return [unit for pairs in graphs.values() if (unit := self._native(pairs)) is not None]

    def _native(self, pairs: list[tuple[int, ExportSite]]) -> Unit | None:
        """Plans the exports of one graph together."""
        kinds = self.view.kinds(self._candidates[pairs[0][0]].scope)
        written = self._written_out(pairs, kinds, without_loops) if makes_in_loop(kinds) else None
        if written is None and reads_shapes(kinds):
            written = self._written_out(pairs, kinds, without_shapes)
        written = written or (self._with_layers(pairs, kinds) if has_layers(kinds) else None)
        if written is not None:
            return written
        name = PurePath(self.path).stem
        found = tuple(site for _, site in pairs)
        ordinals = tuple(ordinal for ordinal, _ in pairs)
        plan: NativePlan | None = None
        try:
            with bugs_as_reasons():
                made = plan_native(found, kinds, self.view.symbols.module.bindings, name)
                if made.legacy:
                    refuse_early_tensors(self.view)
                plan = made
        except Unprovable as reason:
            for ordinal in ordinals:
                self._refuse(ordinal, Level.NATIVE, _NATIVE, reason)
        if plan is None and shares_names(kinds):
            written = self._written_out(pairs, kinds, with_own_names)
            if written is not None:
                return written
        if (plan is None or plan.legacy) and self._without_session():
            try:
                trained = plan_training(found, kinds, self.view.symbols.module.bindings, name)
                self._emit([Unit(ordinals, trained, [])], Mode.EAGER)
                plan = trained
            except Inapplicable:
                pass
            except Unprovable as reason:
                if plan is not None:
                    plan.session_stays = reason
                for ordinal in ordinals:
                    self._refuse(ordinal, Level.NATIVE, _TRAINING, reason)
        if plan is None:
            return None
        sites = [self._native_site(self._candidates[ordinal], site, plan) for ordinal, site in pairs]
        return Unit(ordinals, plan, sites)

    def _without_session(self) -> bool:
        """Whether `native` was asked for, so that no session is to stay for training."""
        settings = self.settings
        select = set(settings.select)
        return settings.level is Level.NATIVE and TRAINING not in settings.ignore and (not select or TRAINING in select)

    def _written_out(
        self, pairs: list[tuple[int, ExportSite]], kinds: Kinds, write: Callable[[str, Kinds], WrittenOut]
    ) -> Unit | None:
        """The same after loops that make variables, or what their shapes are made of, were written out."""
        ordinals = tuple(ordinal for ordinal, _ in pairs)
        try:
            made = write(self.text, kinds)
            module = self._again(made.text, self.choices)
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
                self._refuse(ordinal, Level.NATIVE, _NATIVE, reason)
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
            layered = without_layers(self.text, self.view, kinds)
            module = self._again(layered.text, self.choices)
            unit = module.native_unit(ordinals)
            if unit is None:
                raise layered.placed(module.reason(ordinals[0]))
            assert isinstance(unit.plan, NativePlan)
            layered.refuse_training(kinds, found, legacy=unit.plan.legacy or unit.plan.training is not None)
            if unit.plan.session_stays is not None:
                unit.plan.session_stays = layered.placed(unit.plan.session_stays)
        except Unprovable as reason:
            for ordinal in ordinals:
                self._refuse(ordinal, Level.NATIVE, _NATIVE, reason)
            return None
        sites = [self._native_site(self._candidates[ordinal], site, unit.plan) for ordinal, site in pairs]
        note = Finding(LAYERS, sites[0].line, sites[0].column, layered.message, Level.NATIVE)
        sites[0] = replace(sites[0], findings=(*sites[0].findings, note))
        return Unit(ordinals, unit.plan, sites, layered=layered)

    def native_unit(self, ordinals: tuple[int, ...]) -> Unit | None:
        """The native unit for some exports of one graph."""
        try:
            pairs = [(ordinal, self.view.export_site(self._candidates[ordinal])) for ordinal in ordinals]
        except Unprovable as reason:
            for ordinal in ordinals:
                self._refuse(ordinal, Level.NATIVE, _NATIVE, reason)
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
        base = self._site(candidate, rule, Level.NATIVE, message, None, site.signatures)
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

    # ---- carrying out ----------------------------------------------------------------------------------------

    def carry_out(self, units: list[Unit], mode: Mode | None = None) -> str:
        """The text after the plans of some units.

        Several graphs of one function are rewritten one after the other, each in the text that the one before left.

        Args:
            units: The units.
            mode: How TensorFlow must behave for what was rewritten before, if anything was.

        Raises:
            Failed: Where one of them cannot be written.
        """
        if not units:
            return self.text
        if mode is None:
            mode = Mode.EAGER if self.mode(units) is Mode.EAGER else Mode.GRAPH
        key = tuple(unit.ordinals for unit in units)
        if key not in self._texts:
            self._texts[key] = self._carried_out(units, mode)
        return self._texts[key]

    def _carried_out(self, units: list[Unit], mode: Mode) -> str:
        first = next((unit for unit in units if unit.layered is not None), None)
        if first is not None and first.layered is not None:
            return self._carried_out_in(first.layered, units, mode)
        now, later = _at_once(units)
        # A predictor that stays is spelled with the rest of the file, and no site of its text.
        later = [unit for unit in later if not self._stays(unit)]
        try:
            with bugs_as_reasons():
                text = self._emit(now, mode)
        except Unprovable as reason:
            raise self._failure(now, units, mode, reason) from reason
        if not later:
            return text
        done = {ordinal for unit in now for ordinal in unit.ordinals}
        left = [ordinal for ordinal in range(len(self._candidates)) if ordinal not in done]
        module = self._again(text, self.choices.of(left))
        natives = {unit.ordinals: unit for unit in module.native_units()}
        wanted: list[Unit] = []
        for unit in later:
            if len(left) != len(module.view.candidates):
                # Which of the new text's sites is this one?
                raise Failed(units.index(unit), Unprovable(NOT_REWRITTEN, "another rewrite of the file changes it"))
            moved = tuple(left.index(ordinal) for ordinal in unit.ordinals)
            again = natives.get(moved) if unit.strategy is None else module.unit(moved[0], unit.strategy)
            if again is None:
                raise Failed(units.index(unit), _unplaced(module.reason(moved[0])))
            wanted.append(again)
        try:
            return module.carry_out(wanted, mode)
        except Failed as failed:
            raise Failed(units.index(later[failed.position]), _unplaced(failed.reason)) from failed

    def _stays(self, unit: Unit) -> bool:
        kinds = {self._candidates[ordinal].kind for ordinal in unit.ordinals}
        plan = unit.plan
        return (
            kinds == {SiteKind.PREDICTOR}
            and isinstance(plan, SitePlan)
            and not (plan.changes.nodes() or plan.changes.whole)
        )

    def _carried_out_in(self, layered: Layered | WrittenOut, units: list[Unit], mode: Mode) -> str:
        """The same in the text whose layers or loops were written out, where the plans are made again."""
        module = self._again(layered.text, self.choices)
        wanted: list[Unit] = []
        for unit in units:
            if unit.strategy is None:
                again = module.native_unit(unit.ordinals)
            else:
                again = module.unit(unit.ordinals[0], unit.strategy)
            if again is None:
                raise Failed(units.index(unit), layered.placed(module.reason(unit.ordinals[0])))
            wanted.append(again)
        try:
            return without_layer_imports(module.carry_out(wanted, mode), self.view.symbols)
        except Failed as failed:
            raise Failed(failed.position, layered.placed(failed.reason)) from failed

    def _again(self, text: str, choices: Choices) -> Module:
        """The module with another text."""
        return Module(self.view.of(text), self.settings, choices)

    def _emit(self, units: list[Unit], mode: Mode) -> str:
        text = self._emitted(units, mode)
        if mode is Mode.EAGER:
            text = in_graphs(text, self._functions(units))
        refuse_split(self.text, text)
        return text

    def _functions(self, units: list[Unit]) -> set[str]:
        """The names of the functions that units rewrite; programs enter their graph elsewhere."""
        kept = [unit for unit in units if isinstance(unit.plan, NativePlan) or unit.plan.rule != PROGRAM_RULE]
        scopes = [self._candidates[ordinal].scope.node for unit in kept for ordinal in unit.ordinals]
        return {node.name for node in scopes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}

    def _emitted(self, units: list[Unit], mode: Mode) -> str:
        view = self.view
        natives = [unit.plan for unit in units if isinstance(unit.plan, NativePlan)]
        if natives:
            return emit(
                view.index,
                view.symbols,
                natives,
                view.tensorflow,
                view.skipped,
                with_migrate=self.settings.depend_on_migrate,
            )
        plans = [unit.plan for unit in units if isinstance(unit.plan, SitePlan)]
        if plans[0].changes.whole is not None:
            return plans[0].changes.whole
        changes = merged(plan.changes for plan in plans)
        if mode is Mode.GRAPH:
            return emit_graph_mode(view.index, view.symbols, changes, view.skipped)
        return emit_eager(view.index, view.symbols, changes, view.tensorflow, view.skipped)

    def _failure(self, now: list[Unit], units: list[Unit], mode: Mode, reason: Unprovable) -> Failed:
        """Which of several units cannot be written."""
        for unit in now:
            try:
                with bugs_as_reasons():
                    self._emit([unit], mode)
            except Unprovable as own:
                return Failed(units.index(unit), own)
        return Failed(units.index(now[0]), reason)

    # ---- what is said ----------------------------------------------------------------------------------------

    def reason(self, ordinal: int) -> Unprovable:
        """Why a candidate got no plan."""
        reasons = self._reasons.get(ordinal)
        return reasons[-1][2] if reasons else Unprovable(NOT_REWRITTEN, "another export changes it")

    def reasons(self, ordinal: int) -> list[tuple[str, Unprovable]]:
        """Why a candidate got no plan, or no better one: names of strategies, and what each says."""
        return [(strategy, reason) for _, strategy, reason in self._reasons.get(ordinal, ())]

    def _refuse(self, ordinal: int, level: Level, strategy: str, reason: Unprovable) -> None:
        self._reasons.setdefault(ordinal, []).append((level, strategy, reason))

    def _is_skipped(self, candidate: Candidate) -> bool:
        last = candidate.call.end_lineno or candidate.call.lineno
        skipped = self.view.skipped
        return any(line in skipped for line in range(candidate.call.lineno, last + 1)) or 0 in skipped

    def _explained(self, site: Site, ordinal: int) -> Site:
        """A site with why it got no better level, where there is one."""
        better = [found for found in self._reasons.get(ordinal, ()) if found[0] is not site.level]
        if not better or site.level is Level.NATIVE:
            return site
        return replace(site, reason=self._text(ordinal, better[0][2]), refusals=self._refusals(ordinal, better))

    def _flag(self, ordinal: int) -> None:
        reasons = self._reasons.get(ordinal)
        if self._candidates[ordinal].kind is SiteKind.EXPORT_CALL and CHOICE not in {
            name for _, name, _ in reasons or ()
        }:
            # The export is a site of the other module.
            return
        if not reasons or ordinal in self._passed_over:
            # The rule that would rewrite it is not wanted: then it is not to be told about, either.
            return
        decisive = reasons[-1][2]
        said = self._text(ordinal, decisive)
        site = self._site(self._candidates[ordinal], decisive.rule, Level.FLAGGED, _ADVICE, said, ())
        self._sites[ordinal] = replace(site, refusals=self._refusals(ordinal, reasons))

    def _refusals(self, ordinal: int, reasons: Sequence[_Reason]) -> tuple[Refusal, ...]:
        found = [
            Refusal(level, strategy, reason.rule, self._text(ordinal, reason)) for level, strategy, reason in reasons
        ]
        return tuple(dict.fromkeys(found))

    def _text(self, ordinal: int, reason: Unprovable) -> str:
        line = self._candidates[ordinal].call.lineno
        return reason.reason + (f" (line {reason.line})" if reason.line and reason.line != line else "")

    def _site(
        self,
        candidate: Candidate,
        rule: str,
        level: Level,
        message: str,
        reason: str | None,
        signatures: Sequence[SignatureSource],
    ) -> Site:
        call = candidate.call
        line = re.split(r"\r\n|\r|\n", self.text)[call.lineno - 1]
        column = len(line.encode()[: call.col_offset].decode(errors="replace")) + 1
        said = tuple(
            Signature(
                signature.key,
                signature.method_name,
                tuple(endpoint.key for endpoint in signature.inputs),
                tuple(endpoint.key for endpoint in signature.outputs),
            )
            for signature in signatures
        )
        ordinal = self._candidates.index(candidate)
        return Site(rule, candidate.kind.value, call.lineno, column, level, message, reason, said, ordinal=ordinal)


def _unplaced(reason: Unprovable) -> Unprovable:
    """A reason that was found in a text half rewritten, whose lines are not those of the file."""
    return Unprovable(reason.rule, f"once another export is rewritten, {reason.reason}")


def _at_once(units: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    """The units that can be carried out at once, and those that must wait for another of their region."""
    natives = [unit for unit in units if isinstance(unit.plan, NativePlan)]
    if not natives:
        wholes = [unit for unit in units if isinstance(unit.plan, SitePlan) and unit.plan.changes.whole is not None]
        return (wholes[:1], [unit for unit in units if unit is not wholes[0]]) if wholes else (units, [])
    now: list[Unit] = []
    for unit in natives:
        region = unit.plan.kinds.region  # type: ignore[union-attr]
        if all(other.plan.kinds.region is not region for other in now):  # type: ignore[union-attr]
            now.append(unit)
    return now, [unit for unit in units if unit not in now]
