"""Below the diff: which rule, what was proved, what was not, and the signatures before and after."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from migrate.report.text import one_line
from migrate.results import Level, Signature, Site
from migrate.review.tui.labels import LEVEL_STYLES, PROVED_STYLES
from migrate.review.tui.narrowing import proved
from migrate.review.tui.views import FileView, ItemView
from migrate.rules import find_rule

_PREDICT = "tensorflow/serving/predict"
_SERVING = "tensorflow/serving/"


def why(file: FileView, view: ItemView | None) -> RenderableType:
    """All that is known about what is selected.

    Args:
        file: The file.
        view: The item; None where the file itself is selected.
    """
    parts = list(_file(file, view))
    for site in view.item.sites if view is not None else ():
        parts += _site(site, file, decidable=view is not None and view.decidable)
    return Group(*parts)


def _file(file: FileView, view: ItemView | None) -> Iterator[RenderableType]:
    if file.error is not None:
        yield _line("error", file.error, "bold red")
    if file.verdict is not None:
        what = proved(file)
        yield _line("verify", file.verdict.said or what, PROVED_STYLES[what])
    if file.stays_because:
        yield _line("held low", f"no site of this file can move to TF2's own behaviour: {file.stays_because}")
    if view is None and file.items:
        yield Text("The diff shows all that is not rejected; y accepts what is pending, n rejects it.", "dim")


def _site(site: Site, file: FileView, *, decidable: bool) -> Iterator[RenderableType]:
    yield Text.assemble(
        (f"{site.where}  ", "bold"), (site.level, LEVEL_STYLES[site.level]), f"  {one_line(site.message)}"
    )
    yield rule_line(site.rule)
    for said in site.proved:
        yield _line("proved", said, "green")
    if site.level is Level.NATIVE and not site.proved:
        yield _line("proved", "nothing beyond what the rule checks; v runs both versions and compares", "dim")
    told = [refusal.reason for refusal in site.refusals]
    if site.reason and site.reason not in told:
        yield _line("not higher", site.reason)
    for refusal in site.refusals:
        yield _line(f"not {refusal.level}", f"{refusal.reason} ({refusal.strategy}, {refusal.rule})", "yellow")
    for finding in site.findings:
        reason = f": {finding.reason}" if finding.reason and finding.reason != site.reason else ""
        yield _line("note", f"{finding.message}{reason} ({finding.rule}, {finding.where})")
    yield from _signatures(site, edited=file.edited, decidable=decidable)


def rule_line(rule_id: str) -> Text:
    """The rule, its title, and how to read all of it: by a click, by a key, or in the shell."""
    rule = find_rule(rule_id)
    click = Style(underline=True, meta={"@click": f"app.explain({rule_id!r})"})
    return Text.assemble(
        _term("rule"),
        (rule.id, click),
        f" {rule.name}: {rule.title}",
        (f"  (x, or tf-migrate explain {rule.id})", "dim"),
    )


def _signatures(site: Site, *, edited: bool, decidable: bool) -> Iterator[RenderableType]:
    if not site.signatures:
        said = "none is written out here; they are what the code makes when it runs"
        yield _line("signatures", said, "dim")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in ("signature", "inputs", "outputs", "method before", "method after"):
        table.add_column(column, overflow="fold")
    for signature in site.signatures:
        table.add_row(
            one_line(signature.key),
            one_line(", ".join(signature.inputs)),
            one_line(", ".join(signature.outputs)),
            _short(signature.method_name),
            "as before" if not decidable else "?" if edited else _after(signature, site),
        )
    yield table
    if not decidable:
        yield Text("The site stays as it is, and so do its signatures.", "dim")
    elif edited:
        yield Text("You wrote this text: nothing is known about its signatures before it is verified (v).", "dim")
    else:
        yield Text("Keys, inputs and outputs stay as they are.", "dim")


def _after(signature: Signature, site: Site) -> str:
    """The method name after the rewrite, as far as the source tells."""
    if site.level is Level.BRIDGED:
        return f"{_short(signature.method_name)} (handed over)"
    if signature.method_name in {"", _PREDICT}:
        return _short(_PREDICT)
    return f"{_short(signature.method_name)} (restored after the save)"


def _short(method_name: str) -> str:
    return one_line(method_name.removeprefix(_SERVING)) or "(none)"


def _line(term: str, text: str, style: str = "") -> Text:
    return Text.assemble(_term(term), (one_line(text), style))


def _term(word: str) -> tuple[str, str]:
    return f"{word}: ", "bold"
