"""The one engine: reads a module, proposes rewrites, and carries out those the caller accepts.

`propose` is a generator: it yields proposals and is sent the answers, so that a batch run, a review and a test are
callers of the same code. `rewrite_source` accepts every proposal.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import PurePath

from migrate.results import Finding, Level, Result, Signature, Site
from migrate.settings import Settings
from migrate.source.emit.file import emit
from migrate.source.emit.imports import tensorflow_name
from migrate.source.flow import Region, Step, Value
from migrate.source.inline import inline_choice
from migrate.source.kinds import Kinds
from migrate.source.mode import graph_code, switches_mode
from migrate.source.sites import PREDICT, Candidate, ExportSite, candidates, read_site
from migrate.source.skip import skipped_lines
from migrate.source.slices import graph_context
from migrate.source.strategies.native import plan_native
from migrate.source.strategies.plan import NativePlan
from migrate.source.symbols import Symbols
from migrate.source.unprovable import MODE, Unprovable

NATIVE_BUILDER = "TFM001"
NATIVE_SIMPLE_SAVE = "TFM002"
HANDOVER = "TFM003"
METHOD_NAMES = "TFM004"
HELD_BACK = "TFM106"

_UNUSUAL_BREAK = re.compile(r"\r(?!\n)|\x0c")
_ADVICE = "left as it is"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One site and what would be done about it; accepted or rejected as a whole.

    Attributes:
        site: The site, with the level it would reach.
    """

    site: Site


Proposals = Generator[Proposal, bool, Result]


def rewrite_source(text: str, path: str = "-", settings: Settings = Settings()) -> Result:  # noqa: B008 - a frozen value
    """Rewrites the text of one module, accepting every proposal.

    Args:
        text: Python source.
        path: What to call it in the result.
        settings: What may be done.

    Returns:
        The result; with `error` set where the text is not Python that can be read.
    """
    proposals = propose(text, path, settings)
    try:
        next(proposals)
        while True:
            proposals.send(True)
    except StopIteration as stop:
        result = stop.value
        assert isinstance(result, Result)
        return result


def propose(text: str, path: str = "-", settings: Settings = Settings()) -> Proposals:  # noqa: B008 - a frozen value
    """Yields a proposal for every site that can be rewritten; the caller sends whether to do it.

    Returns:
        The result, with every site of the module and the text after the accepted proposals.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Result(path, text, text, error=_syntax_error(error))
    try:
        module = _Module(text, tree, settings, PurePath(path).stem)
        groups = module.groups()
    except RecursionError:
        return Result(path, text, text, error="too deeply nested to be read")
    accepted: list[_Group] = []
    for group in groups:
        answers = []
        for site in group.sites:
            answers.append((yield Proposal(site)))
        if all(answers):
            accepted.append(group)
    return Result(path, text, module.carry_out(accepted), module.sites())


def _syntax_error(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        where = f" on line {error.lineno}" if error.lineno else ""
        return f"not valid Python 3{where}: {error.msg}"
    return f"cannot be parsed: {error}"


@dataclass(slots=True, eq=False)
class _Group:
    """Exports of one graph, which are rewritten together."""

    ordinals: tuple[int, ...]
    plan: NativePlan
    sites: list[Site]


class _Failed(Exception):
    """A group of several cannot be carried out."""

    def __init__(self, position: int, reason: Unprovable) -> None:
        super().__init__(reason.reason)
        self.position = position
        self.reason = reason


def _one_a_region(groups: list[_Group]) -> tuple[list[_Group], list[_Group]]:
    """The groups that can be carried out at once, and those that must wait for another of their region."""
    now: list[_Group] = []
    later: list[_Group] = []
    for group in groups:
        region = group.plan.kinds.region
        (later if any(other.plan.kinds.region is region for other in now) else now).append(group)
    return now, later


class _Module:
    """One module with its sites and plans."""

    def __init__(self, text: str, tree: ast.Module, settings: Settings, name: str) -> None:
        self.text = text
        self.name = name
        self.settings = settings
        self.symbols = Symbols(tree)
        self._kinds: dict[ast.AST, Kinds] = {}
        self._sites: dict[ast.Call, Site] = {}
        self._skipped = skipped_lines(text)
        self._texts: dict[tuple[tuple[int, ...], ...], str] = {}
        # Most files have none, and need not be read any further.
        self._candidates = candidates(self.symbols)

    def sites(self) -> tuple[Site, ...]:
        """Every site, in the order of the source."""
        return tuple(self._sites[candidate.call] for candidate in self._candidates if candidate.call in self._sites)

    def groups(self) -> list[_Group]:
        """The plans that can be carried out; what cannot be rewritten is flagged on the way."""
        groups = [group for group in self.plans() if self._wanted(group)]
        while groups:
            try:
                self.carry_out(groups)
            except _Failed as failed:
                group = groups[failed.position]
                for ordinal in group.ordinals:
                    self._flag(self._candidates[ordinal], failed.reason)
                groups.remove(group)
                continue
            if self._mode_conflict(groups):
                return []
            break
        for group in groups:
            for ordinal, site in zip(group.ordinals, group.sites, strict=True):
                self._sites[self._candidates[ordinal].call] = site
        return groups

    def _wanted(self, group: _Group) -> bool:
        """Whether the settings allow a rewrite; what they hold back is flagged, or passed over with its rule."""
        settings = self.settings
        rules = {site.rule for site in group.sites}
        if rules & set(settings.ignore) or (settings.select and not rules <= set(settings.select)):
            return False
        if settings.level is Level.NATIVE:
            return True
        reason = Unprovable(HELD_BACK, f"it can be native, and there is no rewrite at level {settings.level.value}")
        for ordinal in group.ordinals:
            self._flag(self._candidates[ordinal], reason)
        return False

    def plans(self) -> list[_Group]:
        """A plan for the exports of every graph; what cannot be planned is flagged."""
        graphs: dict[tuple[Region, Step | Value | None], list[tuple[int, ExportSite]]] = {}
        for ordinal, candidate in enumerate(self._candidates):
            if self._is_skipped(candidate):
                continue
            try:
                if _UNUSUAL_BREAK.search(self.text):
                    raise Unprovable(
                        HELD_BACK, "the file has form feeds, or lines that end with a carriage return alone"
                    )
                site = self._read(candidate)
            except Unprovable as reason:
                self._flag(candidate, reason)
                continue
            context = graph_context(site.added[0], self._kinds[candidate.scope.node])
            graphs.setdefault((site.region, context), []).append((ordinal, site))
        return [group for pairs in graphs.values() if (group := self._plan(pairs)) is not None]

    def carry_out(self, groups: list[_Group]) -> str:
        """The text after the plans of some groups.

        Several graphs of one function are rewritten one after the other, each in the text that the one before left.

        Raises:
            _Failed: Where one of them has no TF2 spelling.
        """
        if not groups:
            return self.text
        key = tuple(group.ordinals for group in groups)
        if key not in self._texts:
            self._texts[key] = self._carried_out(groups)
        return self._texts[key]

    def _carried_out(self, groups: list[_Group]) -> str:
        now, later = _one_a_region(groups)
        try:
            text = emit(
                self.text,
                self.symbols,
                [group.plan for group in now],
                tensorflow_name(self.symbols),
                self._skipped,
                with_migrate=self.settings.depend_on_migrate,
            )
            tree = ast.parse(text)
        except Unprovable as reason:
            raise self._failure(now, groups, reason) from reason
        if not later:
            return text
        done = {ordinal for group in now for ordinal in group.ordinals}
        left = [ordinal for ordinal in range(len(self._candidates)) if ordinal not in done]
        module = _Module(text, tree, self.settings, self.name)
        plans = {group.ordinals: group for group in module.plans()}
        wanted: list[_Group] = []
        for group in later:
            moved = tuple(left.index(ordinal) for ordinal in group.ordinals)
            if moved not in plans:
                raise _Failed(groups.index(group), module.reason(moved[0]))
            wanted.append(plans[moved])
        try:
            return module.carry_out(wanted)
        except _Failed as failed:
            raise _Failed(groups.index(later[failed.position]), failed.reason) from failed

    def _failure(self, now: list[_Group], groups: list[_Group], reason: Unprovable) -> _Failed:
        """Which of several groups cannot be written."""
        for group in now:
            try:
                emit(
                    self.text,
                    self.symbols,
                    [group.plan],
                    tensorflow_name(self.symbols),
                    self._skipped,
                    with_migrate=self.settings.depend_on_migrate,
                )
            except Unprovable as own:
                return _Failed(groups.index(group), own)
        return _Failed(groups.index(now[0]), reason)

    def reason(self, ordinal: int) -> Unprovable:
        """Why a candidate was flagged."""
        site = self._sites.get(self._candidates[ordinal].call)
        return Unprovable(
            site.rule if site else HELD_BACK, (site.reason if site else None) or "another export changes it"
        )

    def _mode_conflict(self, groups: list[_Group]) -> bool:
        """Whether other code of the file needs TF1's default graph, or TF2's behaviour switched off.

        A file with native exports runs under TF2, as it is: that code would fail there.
        """
        if not groups:
            return False
        switched = switches_mode(self.symbols)
        rest = [c for ordinal, c in enumerate(self._candidates) if not any(ordinal in g.ordinals for g in groups)]
        regions = {group.plan.kinds.region.scope.node for group in groups}
        mixed = next((candidate.call for candidate in rest if candidate.scope.node in regions), None)
        regions |= {candidate.scope.node for candidate in rest}
        where = mixed or graph_code(self.symbols, regions)
        if where is None and switched and rest:
            where = rest[0].call
        if where is None or (tensorflow_name(self.symbols).modern and not switched):
            return False
        reason = Unprovable(MODE, "other code of the file still builds a TF1 graph, which TF2 would not run", where)
        for group in groups:
            for ordinal in group.ordinals:
                self._flag(self._candidates[ordinal], reason)
        return True

    def _is_skipped(self, candidate: Candidate) -> bool:
        last = candidate.call.end_lineno or candidate.call.lineno
        return any(line in self._skipped for line in range(candidate.call.lineno, last + 1)) or 0 in self._skipped

    def _read(self, candidate: Candidate) -> ExportSite:
        node = candidate.scope.node
        if isinstance(node, ast.ClassDef):
            raise Unprovable("TFM106", "the export stands in a class body", candidate.call)
        if node not in self._kinds:
            region = Region(self.symbols, candidate.scope, inline_choice(self.symbols, candidate.scope))
            self._kinds[node] = Kinds(region)
        return read_site(candidate, self._kinds[node])

    def _plan(self, pairs: list[tuple[int, ExportSite]]) -> _Group | None:
        """Plans the exports of one graph together."""
        first = self._candidates[pairs[0][0]]
        kinds = self._kinds[first.scope.node]
        try:
            plan = plan_native(tuple(site for _, site in pairs), kinds, self.symbols.module.bindings, self.name)
        except Unprovable as reason:
            for ordinal, _ in pairs:
                self._flag(self._candidates[ordinal], reason)
            return None
        sites = [self._native(self._candidates[ordinal], site, plan) for ordinal, site in pairs]
        return _Group(tuple(ordinal for ordinal, _ in pairs), plan, sites)

    def _native(self, candidate: Candidate, site: ExportSite, plan: NativePlan) -> Site:
        rule = HANDOVER if plan.handover else NATIVE_SIMPLE_SAVE if site.kind == "simple_save" else NATIVE_BUILDER
        message = "becomes a tf.Module with one tf.function a signature, saved with tf.saved_model.save"
        if plan.handover:
            message += "; the session keeps its own graph, and its values are read once"
        findings: list[Finding] = []
        base = self._site(candidate, rule, Level.NATIVE, message, None, site)
        restored = [signature.key for signature in site.signatures if signature.method_name != PREDICT]
        if restored:
            keys = ", ".join(f"'{key}'" for key in restored)
            text = f"the method name of {keys} is restored after the save, which always writes predict"
            findings.append(Finding(METHOD_NAMES, base.line, base.column, text, Level.NATIVE))
        findings += [Finding(rule, base.line, base.column, text, Level.NATIVE) for rule, text in plan.notes]
        return replace(base, findings=tuple(findings))

    def _flag(self, candidate: Candidate, reason: Unprovable) -> None:
        where = f" (line {reason.line})" if reason.line and reason.line != candidate.call.lineno else ""
        self._sites[candidate.call] = self._site(
            candidate, reason.rule, Level.FLAGGED, _ADVICE, f"{reason.reason}{where}", None
        )

    def _site(
        self,
        candidate: Candidate,
        rule: str,
        level: Level,
        message: str,
        reason: str | None,
        site: ExportSite | None,
    ) -> Site:
        call = candidate.call
        line = re.split(r"\r\n|\r|\n", self.text)[call.lineno - 1]
        column = len(line.encode()[: call.col_offset].decode(errors="replace")) + 1
        signatures = tuple(
            Signature(
                signature.key,
                signature.method_name,
                tuple(endpoint.key for endpoint in signature.inputs),
                tuple(endpoint.key for endpoint in signature.outputs),
            )
            for signature in (site.signatures if site is not None else ())
        )
        return Site(rule, candidate.kind, call.lineno, column, level, message, reason, signatures)
