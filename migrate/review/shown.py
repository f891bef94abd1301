"""A proposal as lines of plain text: what it is, why, what was proved, and the patch."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.report.diff import coloured, plain, unified_diff
from migrate.report.text import findings_text, one_line
from migrate.results import Result, Signature
from migrate.review.item import Item


def shown(item: Item, before: str, *, colour: bool) -> str:
    """An item as text, the patch last.

    Args:
        item: The item.
        before: The text of its file.
        colour: Whether to colour it for a terminal.
    """
    findings = findings_text([Result(item.path, "", "", item.sites)], colour=colour)
    said = "".join(f"    {one_line(line)}\n" for line in dict.fromkeys(_said(item)))
    return findings + said + _patch(item, before, colour=colour)


def _patch(item: Item, before: str, *, colour: bool) -> str:
    # Line ends are not shown: they are those of the file before and after.
    if item.proposal is None:
        return ""
    texts = [text.replace("\r\n", "\n").encode("utf-8", "surrogatepass") for text in (before, item.proposal.after)]
    diff = unified_diff(texts[0], texts[1], item.path)
    return coloured(diff) if colour else plain(diff)


def _said(item: Item) -> Iterator[str]:
    for site in item.sites:
        yield from (
            f"not {refusal.level}: {refusal.reason}" for refusal in site.refusals if refusal.reason != site.reason
        )
        yield from (f"proved: {proved}" for proved in site.proved)
        yield from map(_signature, site.signatures)


def _signature(signature: Signature) -> str:
    method = f" ({signature.method_name})" if signature.method_name else ""
    inputs, outputs = (", ".join(keys) or "nothing" for keys in (signature.inputs, signature.outputs))
    return f"signature {signature.key}{method}: {inputs} -> {outputs}"
