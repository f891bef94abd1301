"""What is said about the sites of a module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from migrate.choices import CHOICE
from migrate.results import Level, Refusal, Signature, Site
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.sites import SignatureSource
from migrate.source.strategies.keras.names import NO_KERAS_MODEL
from migrate.source.unprovable import NOT_REWRITTEN, Unprovable
from migrate.source.view import ModuleView

_ADVICE = "left as it is"
_Reason = tuple[Level, str, Unprovable]


class Said:
    """What is said about the sites of a module, and why they got no better level."""

    def __init__(self, view: ModuleView) -> None:
        """Nothing is said yet.

        Args:
            view: The module.
        """
        self._view = view
        self._candidates = view.candidates
        self._sites: dict[int, Site] = {}
        self._reasons: dict[int, list[_Reason]] = {}
        self._passed_over: set[int] = set()

    def sites(self) -> tuple[Site, ...]:
        """Every site, in the order of the source."""
        return tuple(self._sites[ordinal] for ordinal in sorted(self._sites))

    def tell(self, ordinal: int, site: Site) -> None:
        """Says what is done about a candidate, and why no better."""
        self._sites[ordinal] = self._explained(site, ordinal)

    def pass_over(self, ordinals: Iterable[int]) -> None:
        """Notes candidates whose rewrite is not wanted."""
        self._passed_over.update(ordinals)

    def is_final(self, ordinal: int) -> bool:
        """Whether no strategy can have a plan for a candidate, by what is known."""
        return any(reason.final for _, _, reason in self._reasons.get(ordinal, ()))

    def reason(self, ordinal: int) -> Unprovable:
        """Why a candidate got no plan."""
        reasons = self._reasons.get(ordinal)
        return reasons[-1][2] if reasons else Unprovable(NOT_REWRITTEN, "another export changes it")

    def reasons(self, ordinal: int) -> list[tuple[str, Unprovable]]:
        """Why a candidate got no plan, or no better one: names of strategies, and what each says."""
        return [(strategy, reason) for _, strategy, reason in self._reasons.get(ordinal, ())]

    def refuse(self, ordinal: int, level: Level, strategy: str, reason: Unprovable) -> None:
        """Notes why a strategy has no plan for a candidate."""
        self._reasons.setdefault(ordinal, []).append((level, strategy, reason))

    def _explained(self, site: Site, ordinal: int) -> Site:
        """A site with why it got no better level, where there is one."""
        better = [found for found in self._reasons.get(ordinal, ()) if found[0] is not site.level]
        if not better or site.level is Level.NATIVE:
            return site
        # The session of Keras is from elsewhere for all others: what Keras' own strategy says is of more use.
        keras = (found for found in better if found[1] == "keras_model" and found[2].reason != NO_KERAS_MODEL)
        main = next(keras, better[0])
        return replace(site, reason=self._text(ordinal, main[2]), refusals=self._refusals(ordinal, better))

    def flag(self, ordinal: int) -> None:
        """Says that a candidate is left as it is, and why."""
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
        site = self.site(self._candidates[ordinal], decisive.rule, Level.FLAGGED, _ADVICE, said, ())
        self._sites[ordinal] = replace(site, refusals=self._refusals(ordinal, reasons))

    def _refusals(self, ordinal: int, reasons: Sequence[_Reason]) -> tuple[Refusal, ...]:
        found = [
            Refusal(level, strategy, reason.rule, self._text(ordinal, reason)) for level, strategy, reason in reasons
        ]
        return tuple(dict.fromkeys(found))

    def _text(self, ordinal: int, reason: Unprovable) -> str:
        line = self._candidates[ordinal].call.lineno
        return reason.reason + (f" (line {reason.line})" if reason.line and reason.line != line else "")

    def site(
        self,
        candidate: Candidate,
        rule: str,
        level: Level,
        message: str,
        reason: str | None,
        signatures: Sequence[SignatureSource],
    ) -> Site:
        """What is said about a candidate, at its place."""
        call = candidate.call
        line = re.split(r"\r\n|\r|\n", self._view.text)[call.lineno - 1]
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
