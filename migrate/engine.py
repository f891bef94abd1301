"""The one engine: reads a module, proposes rewrites, and carries out those the caller accepts.

`propose` is a generator: it yields proposals and is sent the answers, so that a batch run, a review and a test are
callers of the same code. `rewrite_source` accepts every proposal.
"""

from __future__ import annotations

import ast
from collections.abc import Generator
from dataclasses import dataclass, replace

from migrate.results import Finding, Level, Result, Signature, Site
from migrate.settings import Settings
from migrate.source.emit.file import emit
from migrate.source.emit.imports import tensorflow_name
from migrate.source.flow import Region
from migrate.source.inline import inline_choice
from migrate.source.kinds import Kinds
from migrate.source.sites import PREDICT, Candidate, ExportSite, candidates, read_site
from migrate.source.skip import skipped_lines
from migrate.source.strategies.native import plan_native
from migrate.source.strategies.plan import NativePlan
from migrate.source.symbols import Symbols
from migrate.source.unprovable import Unprovable

NATIVE_BUILDER = "TFM001"
NATIVE_SIMPLE_SAVE = "TFM002"
HANDOVER = "TFM003"
METHOD_NAMES = "TFM004"
HELD_BACK = "TFM190"

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
    module = _Module(text, tree, settings)
    accepted: list[_Group] = []
    for group in module.groups():
        answers = []
        for site in group.sites:
            answers.append((yield Proposal(site)))
        if all(answers):
            accepted.append(group)
    after = module.emit(accepted)
    return Result(path, text, after, module.sites())


def _syntax_error(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        where = f" on line {error.lineno}" if error.lineno else ""
        return f"not valid Python 3{where}: {error.msg}"
    return f"cannot be parsed: {error}"


@dataclass(slots=True, eq=False)
class _Group:
    """Exports of one graph, which are rewritten together."""

    candidates: list[Candidate]
    plan: NativePlan
    sites: list[Site]


class _Module:
    """One module with its sites and plans."""

    def __init__(self, text: str, tree: ast.Module, settings: Settings) -> None:
        self.text = text
        self.settings = settings
        self.symbols = Symbols(tree)
        self._kinds: dict[ast.AST, Kinds] = {}
        self._sites: dict[ast.Call, Site] = {}
        self._skipped = skipped_lines(text)
        self._candidates = candidates(self.symbols)

    def sites(self) -> tuple[Site, ...]:
        """Every site, in the order of the source."""
        return tuple(self._sites[candidate.call] for candidate in self._candidates if candidate.call in self._sites)

    def groups(self) -> list[_Group]:
        """The plans that can be carried out; what cannot be rewritten is flagged on the way."""
        read: list[tuple[Candidate, ExportSite]] = []
        for candidate in self._candidates:
            if self._is_skipped(candidate):
                continue
            try:
                read.append((candidate, self._read(candidate)))
            except Unprovable as reason:
                self._flag(candidate, reason)
        groups: list[_Group] = []
        regions: dict[Region, list[tuple[Candidate, ExportSite]]] = {}
        for candidate, site in read:
            regions.setdefault(site.region, []).append((candidate, site))
        for pairs in regions.values():
            groups += self._region_groups(pairs)
        return self._emittable(groups)

    def emit(self, groups: list[_Group]) -> str:
        """The text after the plans of some groups."""
        if not groups:
            return self.text
        return emit(self.text, self.symbols, [group.plan for group in groups], tensorflow_name(self.symbols))

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

    def _region_groups(self, pairs: list[tuple[Candidate, ExportSite]]) -> list[_Group]:
        """Plans the exports of one region: together where they share a graph."""
        kinds = self._kinds[pairs[0][0].scope.node]
        try:
            plan = plan_native(tuple(site for _, site in pairs), kinds, self.symbols.module.bindings)
        except Unprovable as reason:
            for candidate, _ in pairs:
                self._flag(candidate, reason)
            return []
        return [_Group([candidate for candidate, _ in pairs], plan, [self._native(c, s, plan) for c, s in pairs])]

    def _emittable(self, groups: list[_Group]) -> list[_Group]:
        """Groups whose code can really be written; writing finds names that TF2 has no equal for."""
        good: list[_Group] = []
        for group in groups:
            try:
                after = self.emit([group])
                ast.parse(after)
            except Unprovable as reason:
                for candidate in group.candidates:
                    self._flag(candidate, reason)
                continue
            good.append(group)
        for group in good:
            for candidate, site in zip(group.candidates, group.sites, strict=True):
                self._sites[candidate.call] = site
        return good

    def _native(self, candidate: Candidate, site: ExportSite, plan: NativePlan) -> Site:
        rule = HANDOVER if plan.handover else NATIVE_SIMPLE_SAVE if site.kind == "simple_save" else NATIVE_BUILDER
        message = f"becomes {plan.class_name}, a tf.Module saved with tf.saved_model.save"
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
        line = self.text.splitlines()[call.lineno - 1] if call.lineno else ""
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
