"""The native strategy for graphs that helpers of the same file build, or the methods of a class.

The helpers are read at their calls (`migrate.source.inlining`), from the exporting function inwards, and where that
is not enough from the function that calls it, and so on outwards. What results is planned as if it had always stood
there.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import ClassVar

from migrate.choices import Choices
from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.changes import Changes
from migrate.source.inlining.expand import Expansion
from migrate.source.inlining.needs import Needs, SettingsNeeds, keeps_settings
from migrate.source.inlining.paths import Path, definition_at, path_of
from migrate.source.inlining.readings import Reading, readings
from migrate.source.inlining.text import Source
from migrate.source.kinds import PLACEHOLDERS
from migrate.source.mode import graph_code, switches_mode
from migrate.source.named_tensors import without_lookups
from migrate.source.slicing.graph_contexts import graph_context
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, META_GRAPHS, MODE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM009"
HANDOVER = "TFM003"
_GROWTH = 3
_ROOM = 100
"""A file may become three times as long, and these lines more."""


def plan_inlined(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of an export whose graph is built in several functions.

    Raises:
        Unprovable: Where the functions cannot be read as one, or that one cannot be rewritten.
    """
    # It tries other strategies on what is read so, this one among its parts.
    from migrate.source.strategies.called import CalledKeras

    try:
        return plan_read(candidate, view, Attempt)
    except Unprovable as reason:
        if "get_session" not in view.text:
            raise
        try:
            return plan_read(candidate, view, CalledKeras)
        except Unprovable:
            raise reason from None


def plan_read(candidate: Candidate, view: ModuleView, attempt: type[Attempt]) -> SitePlan:
    """Plans an export for each way to read its function with what is around it, until one can be planned.

    Args:
        candidate: The export.
        view: The module.
        attempt: Plans it for one of the ways.

    Raises:
        Unprovable: None of them can.
    """
    if "\r" in view.text:
        raise Unprovable(CONTROL_FLOW, "helpers are only read at their calls in files with plain newlines")
    if not isinstance(candidate.scope.node, (ast.FunctionDef, ast.Module)):
        raise Unprovable(CONTROL_FLOW, "the export stands in a class body", candidate.call)
    _refuse_repeated(candidate, view)
    source = view.source
    place = _same(source, candidate.scope.node)
    region: Path = path_of(source, place) if not isinstance(place, ast.Module) else ()
    reason: Unprovable = Inapplicable(ELSEWHERE, "no function of this file makes what is missing", candidate.call)
    for reading in readings(source, region):
        try:
            return attempt(candidate, view, reading).plan()
        except Inapplicable:
            pass
        except Unprovable as refusal:
            if reading.problem is None or isinstance(reason, Inapplicable):
                reason = refusal
            if attempt is Attempt and reading.problem is None and _has_settings(view):
                try:
                    return SettingsAttempt(candidate, view, reading).plan()
                except Unprovable:
                    pass
    raise reason


def _has_settings(view: ModuleView) -> bool:
    """Whether a class of the module keeps settings."""
    return any(isinstance(node, ast.ClassDef) and keeps_settings(node) for node in view.tree.body)


def _refuse_repeated(candidate: Candidate, view: ModuleView) -> None:
    """An export in a loop or a try stays in it, whatever is read where; what a test does is its own business."""
    node: ast.AST = candidate.call
    while node is not candidate.scope.node:
        node = view.parents[node]
        if isinstance(node, (ast.For, ast.While, ast.Try)):
            raise Inapplicable(CONTROL_FLOW, "the export stands in a loop or a try statement", node)
    around = view.parents.get(node)
    if isinstance(around, ast.ClassDef) and any("Test" in ast.unparse(base) for base in around.bases):
        raise Inapplicable(ELSEWHERE, "a test case exports it", node)


def _same(source: Source, node: ast.AST) -> ast.AST:
    """The node of what may be another tree of the same text."""
    if isinstance(node, ast.Module):
        return source.tree
    assert isinstance(node, ast.stmt)
    if node in source.parents:
        return node
    return next(
        other
        for other in walk(source.tree)
        if type(other) is type(node) and (other.lineno, other.col_offset) == (node.lineno, node.col_offset)
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, from one function inwards."""

    candidate: Candidate
    view: ModuleView
    reading: Reading
    needs: ClassVar[type[Needs]] = Needs

    def plan(self) -> SitePlan:
        """The plan for what is read so.

        Raises:
            Unprovable: It cannot be read so, or not be planned then.
        """
        expansion = self.reading.expand(self.needs)
        try:
            return self._planned(expansion)
        except Unprovable as reason:
            raise _in_terms_of(reason, expansion.text, self.view.text) from reason

    def _planned(self, expansion: Expansion) -> SitePlan:
        # The module tries this strategy, and this strategy the module's native one on another text.
        from migrate.source.module import Module
        from migrate.source.units.unit import Failed

        text, gone = expansion.text, expansion.gone
        module = Module(self.view.of(text), self.view.settings, Choices())
        here = definition_at(module.view.tree, expansion.region)
        named = without_lookups(module.view, module.view.symbols.scope_of(here))
        if named is not None:
            module = Module(self.view.of(named), self.view.settings, Choices())
            here = definition_at(module.view.tree, expansion.region)
        found = tuple(
            ordinal
            for ordinal, one in enumerate(module.view.candidates)
            if one.scope.node is here and one.kind in EXPORTS
        )
        covered = self._covered(expansion)
        if not found or not covered or len(found) % len(covered):
            raise Unprovable(ELSEWHERE, "the export is called at several places", self.candidate.call)
        self._refuse_several(found, module.view)
        self._refuse_choices(covered, module.view)
        self._refuse_other_graphs(here, module.view)
        unit = module.native_unit(found)
        if unit is None or not isinstance(unit.plan, NativePlan):
            raise module.reason(found[0])
        plan = unit.plan
        for name in self._class_names(gone):
            if name not in module.view.symbols.module.bindings and not plan.legacy:
                plan.class_name = name
        try:
            changes = Changes(whole=module.carry_out([unit]))
        except Failed as failed:
            raise failed.reason from failed
        if module.incomplete([unit], changes.whole or ""):
            raise module.reason(found[0])
        refuse_long(changes.whole or "", self.view.text, self.candidate.call)
        read = [f"'{'.'.join(path)}'" for path in expansion.used]
        names = ", ".join([*read, *(["the graph of the module"] if self.reading.moved is not None else [])])
        message = f"{names} and the export become a tf.Module with one tf.function a signature"
        if plan.handover:
            message += "; the session keeps its own graph, and its values are read once"
        notes = [*((note.rule, note.message) for note in unit.sites[0].findings), *self._lost_methods(gone)]
        if plan.handover:
            notes.append((HANDOVER, "the values are read from the session"))
        sites = [module.view.export_site(module.view.candidates[ordinal]) for ordinal in found]
        return SitePlan(
            RULE,
            Level.NATIVE,
            message,
            changes,
            Mode.EAGER,
            proved=(f"{names}: read as if written where the call stands",),
            notes=tuple(notes),
            signatures=tuple(signature for site in sites for signature in site.signatures),
            regions=self._regions(expansion),
            covers=tuple(one for one in covered if one is not self.candidate),
        )

    def _refuse_other_graphs(self, here: ast.AST, view: ModuleView) -> None:
        """What the module finds out later, too, when the costly part is done."""
        where = graph_code(view.symbols, {here})  # type: ignore[arg-type]
        if where is not None and (not view.tensorflow.means_tf2 or switches_mode(view.symbols)):
            raise Unprovable(MODE, "other code of the file still builds a TF1 graph, which TF2 would not run", where)

    def _refuse_choices(self, covered: list[Candidate], view: ModuleView) -> None:
        """What the arguments of a call decide may be meant to be changed: another way to export must not get lost."""
        for one in self.view.candidates:
            if one in covered or not isinstance(one.scope.node, ast.FunctionDef):
                continue
            name = one.scope.node.name
            called, left = (
                sum(isinstance(node, ast.Name) and node.id == name for node in walk(tree))
                for tree in (self.view.tree, view.tree)
            )
            if called and not left:
                raise Unprovable(CONTROL_FLOW, f"the same function exports by '{name}', too", one.scope.node)

    def _refuse_several(self, found: tuple[int, ...], view: ModuleView) -> None:
        """The exports that became parts of one function must be of one graph."""
        graphs = set()
        for ordinal in found:
            one = view.candidates[ordinal]
            graphs.add(graph_context(view.export_site(one).added[0], view.kinds(one.scope)))
        if len(graphs) > 1:
            raise Unprovable(META_GRAPHS, "the exports are of different graphs", self.candidate.call)

    def _class_names(self, gone: tuple[Path, ...]) -> list[str]:
        """The name of the one class that became the module."""
        found = [
            path[-1] for path, node in zip(gone, self._nodes(list(gone)), strict=True) if isinstance(node, ast.ClassDef)
        ]
        bases = {
            b.id
            for n in self._nodes(list(gone))
            if isinstance(n, ast.ClassDef)
            for b in n.bases
            if isinstance(b, ast.Name)
        }
        heirs = [name for name in found if name not in bases]
        return heirs if len(heirs) == 1 and self._has_inputs(gone) else []

    def _has_inputs(self, gone: tuple[Path, ...]) -> bool:
        """Whether classes make placeholders: others write models, or train them."""
        symbols = self.view.symbols
        return any(
            isinstance(node, ast.Call) and symbols.resolve(node.func, symbols.module) in PLACEHOLDERS
            for definition in self._nodes(list(gone))
            if isinstance(definition, ast.ClassDef)
            for node in walk(definition)
        )

    def _is_skipped(self, one: Candidate) -> bool:
        lines = range(one.call.lineno, (one.call.end_lineno or one.call.lineno) + 1)
        return 0 in self.view.skipped or any(line in self.view.skipped for line in lines)

    def _covered(self, expansion: Expansion) -> list[Candidate]:
        """The exports of the functions that became one.

        Raises:
            Unprovable: Where one of them must stay as it is.
        """
        inside = self._inside([expansion.region, *expansion.used])
        covered = [c for c in self.view.candidates if c.kind in EXPORTS and c.scope.node in inside]
        left = self._inside([path for path in expansion.used if path not in expansion.gone])
        for one in covered:
            if one.scope.node in left:
                name = getattr(one.scope.node, "name", "")
                raise Unprovable(ELSEWHERE, f"'{name}' may be used from elsewhere", one.scope.node)
            if self._is_skipped(one):
                raise Unprovable(CONTROL_FLOW, "an export of the same graph is to be left alone", one.call)
        return covered

    def _inside(self, paths: list[Path]) -> set[ast.AST]:
        """The functions and classes at some places, with those inside them; the module only itself."""
        found: set[ast.AST] = set()
        for node in self._nodes(paths):
            found |= {node} if isinstance(node, ast.Module) else set(walk(node))
        return found

    def _nodes(self, paths: list[Path]) -> list[ast.AST]:
        return [definition_at(self.view.tree, path) for path in paths]

    def _regions(self, expansion: Expansion) -> frozenset[ast.AST]:
        """Functions and classes of which no TF1 code is left."""
        nodes = self._nodes([expansion.region])
        if self.reading.moved is not None:
            nodes.append(self.view.tree)
        for node in self._nodes(list(expansion.gone)):
            nodes += [inner for inner in walk(node) if isinstance(inner, (ast.FunctionDef, ast.ClassDef))]
        return frozenset(nodes)

    def _lost_methods(self, gone: tuple[Path, ...]) -> list[tuple[str, str]]:
        """Methods that nothing in the file calls, and that go with their class."""
        called = {node.attr for node in walk(self.view.tree) if isinstance(node, ast.Attribute)}
        lost = [
            f"{'.'.join(path)}.{method.name}"
            for path, node in zip(gone, self._nodes(list(gone)), strict=True)
            if isinstance(node, ast.ClassDef)
            for method in node.body
            if isinstance(method, ast.FunctionDef) and method.name not in called and not method.name.startswith("__")
        ]
        if not lost:
            return []
        return [(RULE, f"nothing in the file calls {', '.join(lost)}: gone with the class")]


class SettingsAttempt(Attempt):
    """One try in which objects that keep settings become names, too."""

    __slots__ = ()
    needs: ClassVar[type[Needs]] = SettingsNeeds


def refuse_long(text: str, old: str, call: ast.Call) -> None:
    """Nobody wants to read a file that is a multiple of what it was.

    Args:
        text: The new text.
        old: The one before.
        call: The export.

    Raises:
        Unprovable: It is.
    """
    before, after = old.count("\n"), text.count("\n")
    if after > _GROWTH * before + _ROOM:
        reason = f"written out, the file would grow from {before} to {after} lines"
        raise Unprovable(CONTROL_FLOW, reason, call)


def _in_terms_of(reason: Unprovable, text: str, original: str) -> Unprovable:
    """A reason with the lines of the original text, as far as they can be found again."""
    lines, old = text.split("\n"), original.split("\n")

    def line_of(number: int) -> int | None:
        wanted = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        found = [position for position, line in enumerate(old, 1) if wanted and line.strip() == wanted]
        return found[0] if len(found) == 1 else None

    def said(match: re.Match[str]) -> str:
        found = line_of(int(match[1]))
        return f" on line {found}" if found is not None else ""

    node: ast.AST | None = None
    if reason.line is not None and (found := line_of(reason.line)) is not None:
        node = ast.Pass(lineno=found, col_offset=0)
    return Unprovable(reason.rule, re.sub(r" on line (\d+)", said, reason.reason), node)


INLINED = Strategy("inlined", Level.NATIVE, EXPORTS, plan_inlined)
