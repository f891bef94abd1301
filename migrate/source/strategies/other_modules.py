"""The native strategies for exports that take constants, signatures, or their graph, from other modules of the tree.

What the file imports from them is read as if it stood in the file (`migrate.source.gathering`), which is then planned
like any other. The other modules stay as they are.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from migrate.choices import Choices
from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.entered import entered_names
from migrate.source.gathering.gather import gather
from migrate.source.gathering.items import Gathered, Item
from migrate.source.gathering.put_back import PutBack, put_back
from migrate.source.inlining.needs import Needs
from migrate.source.strategies.called import CALLED
from migrate.source.strategies.inlined import INLINED, refuse_long
from migrate.source.strategies.inlined import RULE as INLINED_RULE
from migrate.source.strategies.keras.model import KERAS_MODEL
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.tree import Made
from migrate.source.unprovable import ELSEWHERE, MODE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

if TYPE_CHECKING:
    from migrate.source.module import Module
    from migrate.source.units.unit import Unit

RULE = "TFM012"

_Path = tuple[str, ...]
_AFTER = (KERAS_MODEL, INLINED)


def plan_other_modules(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of an export that needs other modules of the tree.

    Raises:
        Unprovable: Where nothing of the tree is imported, or it does not help.
    """
    gathered = gather(view)
    if gathered is None:
        raise Inapplicable(ELSEWHERE, "nothing of the tree is imported", candidate.call)
    return _Attempt(candidate, view, gathered).plan()


def plan_called_module(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans a wrapped graph that a function of another module exports.

    Raises:
        Unprovable: Where that cannot be read at its call, or the graph not be wrapped then.
    """
    gathered = gather(view, exporting=True)
    if gathered is None:
        raise Inapplicable(ELSEWHERE, "nothing of the tree exports for the file", candidate.call)
    return _Attempt(candidate, view, gathered, (CALLED,)).plan()


class _Attempt:
    def __init__(
        self, candidate: Candidate, view: ModuleView, gathered: Gathered, strategies: tuple[Strategy, ...] = _AFTER
    ) -> None:
        # The module tries this strategy, and this strategy a module of another text.
        from migrate.source.module import Module

        self.candidate = candidate
        self.view = view
        self.gathered = gathered
        self.strategies = strategies
        self.module: Module = Module(view.of(gathered.text), view.settings, Choices())
        self.own = [one for one in view.candidates if one.kind is not SiteKind.EXPORT_CALL]
        self.ordinals = self._own_ordinals()

    def plan(self) -> SitePlan:
        ordinal = self._ordinal()
        reason: Unprovable = Inapplicable(ELSEWHERE, "nothing of the tree helps", self.candidate.call)
        for unit in self._units(ordinal):
            try:
                return self._planned(unit)
            except Unprovable as refusal:
                reason = self._placed(refusal)
        said = [found for name, found in self.module.reasons(ordinal) if name != KERAS_MODEL.name]
        if isinstance(reason, Inapplicable) and said:
            raise self._placed(said[-1])
        raise reason

    def _own_ordinals(self) -> list[int]:
        """The candidates of the text that are those of the file, in their order."""
        found = []
        for ordinal, one in enumerate(self.module.view.candidates):
            if one.kind is not SiteKind.EXPORT_CALL and self._item_around(one) is None:
                found.append(ordinal)
        if len(found) != len(self.own):
            raise Unprovable(ELSEWHERE, "the exports of the file cannot be told apart", self.candidate.call)
        return found

    def _item_around(self, candidate: Candidate) -> Item | None:
        """What of another module holds a candidate of the text."""
        top = self.module.view.top_level(candidate.call)
        return self.gathered.items.get(getattr(top, "name", ""))

    def _ordinal(self) -> int:
        """The candidate of the text that the site is, or that the function has which it calls."""
        if self.candidate.kind is not SiteKind.EXPORT_CALL:
            return self.ordinals[self.own.index(self.candidate)]
        made = self.view.export_calls[self.candidate]
        reached = self._reached(made)
        for ordinal, one in enumerate(self.module.view.candidates):
            item = self._item_around(one)
            if item is not None and item.ident in reached and one.kind in EXPORTS:
                return ordinal
        raise Unprovable(ELSEWHERE, f"{made.name} of {made.module.name} cannot be read here", self.candidate.call)

    def _reached(self, made: Made) -> set[str]:
        """The names of what a function or class of another module needs, with its own."""
        pending = [item.ident for item in self.gathered.items.values() if item.made.key == made.key]
        found: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += self.gathered.items[name].needs
        return found

    def _units(self, ordinal: int) -> list[Unit]:
        units = [unit for unit in self.module.native_units() if ordinal in unit.ordinals]
        if self.candidate.kind is SiteKind.EXPORT_CALL:
            # The helper alone is what it is; the question is what its call can be.
            units = []
        for strategy in self.strategies:
            if not units:
                unit = self.module.unit(ordinal, strategy)
                units += [unit] if unit is not None else []
        return units

    def _planned(self, unit: Unit) -> SitePlan:
        from migrate.source.units.unit import Failed

        covered = self._covered(unit)
        try:
            text = self.module.carry_out([unit])
            result = put_back(text, self.gathered)
            ast.parse(result.text)
        except Failed as failed:
            raise failed.reason from failed
        except SyntaxError as error:
            raise Unprovable(ELSEWHERE, "what the file imports is spelled in a way that is not understood") from error
        # What builds a wrapped graph does so in a graph of its own, wherever it stands.
        wrapped = unit.sites[0].level is not Level.NATIVE
        legacy = wrapped or (isinstance(unit.plan, NativePlan) and bool(unit.plan.legacy))
        self._refuse_left(result, text, legacy=legacy)
        if result.copied:
            refuse_long(result.text, self.view.text, self.candidate.call)
        site = unit.sites[0]
        notes = tuple((note.rule, note.message) for note in site.findings if note.rule != INLINED_RULE)
        names = ", ".join(sorted({item.made.module.path.name for item in self.gathered.items.values()}))
        notes = (*notes, (RULE, f"what it imports is read in {names}; no other file changes"))
        return SitePlan(
            site.rule,
            site.level,
            site.message,
            Changes(whole=result.text),
            Mode.EAGER,
            proved=(*site.proved, *_proved(result)),
            notes=notes,
            signatures=self._signatures(unit),
            regions=self._regions(unit),
            covers=tuple(one for one in covered if one is not self.candidate),
        )

    def _covered(self, unit: Unit) -> list[Candidate]:
        """The candidates of the file that a plan for its text is for.

        Raises:
            Unprovable: Where other modules make a part of the export that the file does not call for it.
        """
        found: dict[Candidate, None] = {}
        for ordinal in unit.ordinals:
            if ordinal in self.ordinals:
                found[self.own[self.ordinals.index(ordinal)]] = None
                continue
            item = self._item_around(self.module.view.candidates[ordinal])
            calls = [
                call
                for call, made in self.view.export_calls.items()
                if item is not None and item.ident in self._reached(made)
            ]
            if not calls or unit.mode is not Mode.EAGER:
                raise Unprovable(ELSEWHERE, "another module exports a part of the graph", self.candidate.call)
            found |= dict.fromkeys(calls)
        if unit.mode is not Mode.EAGER or self.candidate not in found:
            raise Unprovable(ELSEWHERE, "another module exports a part of the graph", self.candidate.call)
        return list(found)

    def _refuse_left(self, result: PutBack, text: str, *, legacy: bool) -> None:
        """Other code of the file may still need what makes variables and placeholders in TF1's default graph.

        Raises:
            Unprovable: Where it does, and has entered no graph of its own.
        """
        symbols = self.module.view.symbols
        needs = Needs(symbols)
        left = [*result.imported, *(() if legacy else result.copied)]
        entered = entered_names(text) if left else ()
        for item in left:
            if item.ident in entered:
                continue
            found = needs.defined(ast.Name(item.ident, ast.Load()), symbols.module)
            if found is not None and needs.inlined(found):
                said = f"other code of the file builds a TF1 graph with {item.made.name} of {item.made.module.name}"
                raise Unprovable(MODE, said)

    def _signatures(self, unit: Unit) -> tuple:  # type: ignore[type-arg]
        if isinstance(unit.plan, SitePlan):
            return unit.plan.signatures
        view = self.module.view
        return tuple(s for ordinal in unit.ordinals for s in view.export_site(view.candidates[ordinal]).signatures)

    def _regions(self, unit: Unit) -> frozenset[ast.AST]:
        """The functions and classes of the file that the plan is for."""
        plan = unit.plan
        view = self.module.view
        if unit.layered is not None:
            nodes: set[ast.AST] = {view.candidates[ordinal].scope.node for ordinal in unit.ordinals}
        elif isinstance(plan, NativePlan):
            nodes = {plan.kinds.region.scope.node}
        else:
            nodes = {*plan.regions, *(view.candidates[ordinal].scope.node for ordinal in unit.ordinals)}
        paths = {_path(view, node) for node in nodes}
        return frozenset(
            node for node in ast.walk(self.view.tree) if _is_scope(node) and _path(self.view, node) in paths
        )

    def _placed(self, reason: Unprovable) -> Unprovable:
        """A reason with a line of the file, where it has one there."""
        line = reason.line
        lines, own = self.gathered.text.split("\n"), self.view.text.split("\n")
        node: ast.AST | None = None
        if line is not None and 0 < line <= len(lines):
            same = [number for number, text in enumerate(own, 1) if text == lines[line - 1]]
            node = ast.Pass(lineno=same[0], col_offset=0) if len(same) == 1 else None
        kind = Inapplicable if isinstance(reason, Inapplicable) else Unprovable
        return kind(reason.rule, reason.reason, node)


def _proved(result: PutBack) -> list[str]:
    said = [f"{item.made.name} is read in {item.made.module.path.name}" for item in result.read if item.spelled]
    copied = [f"{item.made.name} of {item.made.module.path.name} stands in the file now" for item in result.copied]
    return said + copied


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


def _path(view: ModuleView, node: ast.AST) -> _Path:
    """The names of a function or class, from the outside in."""
    names: list[str] = []
    while not isinstance(node, ast.Module):
        if _is_scope(node):
            names.insert(0, node.name)  # type: ignore[attr-defined]
        node = view.parents[node]
    return tuple(names)


OTHER_MODULES = Strategy("other_modules", Level.NATIVE, EXPORTS | {SiteKind.EXPORT_CALL}, plan_other_modules)
