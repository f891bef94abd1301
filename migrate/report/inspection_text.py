"""An Inspection as a page for a terminal."""

from __future__ import annotations

import shlex
from io import StringIO
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from migrate.graph.inspection import Severity
from migrate.report.amounts import byte_text, count, listed, shape_text
from migrate.report.inspection_words import (
    counts_text,
    frame_name,
    header_text,
    kind_text,
    kinds_text,
    needs,
    saved_elsewhere,
    tables_rows,
    tensors_text,
)
from migrate.report.next_step import convert_command, next_step
from migrate.report.scope_summary import summarize_scopes
from migrate.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrate.graph.inspection import (
        Candidate,
        Hazard,
        Inspection,
        MetaGraphInspection,
        ProposedSignature,
        SignatureInspection,
    )
    from migrate.graph.state import Variable

_Any = TypeVar("_Any")
_STYLES = {Severity.BLOCKS: "bold red", Severity.CHANGES: "yellow", Severity.NOTE: "dim"}
_DEFAULT = "serving_default"
_MOST_VARIABLES = 30
_LABELS = 9
_MOST_NAMES = 6
_NARROWEST = 40


def render_text(inspection: Inspection, *, colour: bool = False, width: int = 100, full: bool = False) -> str:
    """The whole page.

    Args:
        inspection: What was found.
        colour: Whether to colour it for a terminal.
        width: Of the terminal.
        full: Whether long lists are shown to their end.

    Returns:
        Lines, the last one with its newline.
    """
    page = _Page(inspection, colour, max(width, _NARROWEST), full)
    page.header()
    for meta_graph in inspection.meta_graphs:
        page.meta_graph(meta_graph)
    page.next_step()
    # Rich fills the cells of tables to their width.
    return "".join(f"{line.rstrip()}\n" for line in page.text.getvalue().splitlines())


class _Page:
    """Prints the parts of a page, one after the other."""

    def __init__(self, inspection: Inspection, colour: bool, width: int, full: bool) -> None:
        self.inspection = inspection
        self.full = full
        self.text = StringIO()
        self.console = Console(
            file=self.text,
            width=width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            highlight=False,
            emoji=False,
            markup=False,
        )

    def header(self) -> None:
        """What kind of model it is and where it comes from."""
        inspection = self.inspection
        self.line(str(inspection.path), "bold")
        self.line(header_text(inspection))
        if len(inspection.meta_graphs) > 1:
            self.line(f"{len(inspection.meta_graphs)} MetaGraphs; convert takes one at a time (--tags)")

    def meta_graph(self, found: MetaGraphInspection) -> None:
        """One MetaGraph, most important first."""
        self.line()
        if len(self.inspection.meta_graphs) > 1:
            self.line(f"MetaGraph {','.join(found.tags) or '(no tags)'}", "bold underline")
        self.line(counts_text(found))
        blocking = sum(hazard.count for hazard in found.hazards if hazard.severity is Severity.BLOCKS)
        if blocking:
            self.line(f"{count(blocking, 'hazard')} below would stop a conversion", "bold red")
        for signature in sorted(found.signatures, key=lambda signature: signature.definition.key != _DEFAULT):
            self.signature(signature, found)
        self.variables(found)
        self.tables(found)
        self.loops(found)
        self.hazards(found.hazards)
        for proposal in found.proposals:
            self.proposal(proposal, found)

    def signature(self, signature: SignatureInspection, found: MetaGraphInspection) -> None:
        """One signature and what it needs."""
        definition = signature.definition
        self.heading(f"Signature {definition.key}", definition.method_name or "without method name")
        grid = Grid.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, min_width=_LABELS + 2)
        for _ in range(4):
            grid.add_column(overflow="fold")
        for label, infos in (("inputs", definition.inputs), ("outputs", definition.outputs)):
            for number, info in enumerate(infos):
                cells = (info.key, info.dtype, shape_text(info.shape), tensors_text(info))
                grid.add_row(Text(f"  {label if number == 0 else ''}", style="dim"), *map(_cell, cells))
            if not infos:
                grid.add_row(Text(f"  {label}", style="dim"), Text("none"), "", "", "")
        self.console.print(grid)
        self.facts(needs(signature, found))

    def variables(self, found: MetaGraphInspection) -> None:
        """The table of variables, summed up by scope where it is long."""
        if not found.variables:
            return
        if len(found.variables) > _MOST_VARIABLES and not self.full:
            self.heading("Variables", f"{len(found.variables)}, by scope; --all lists each")
            self._scopes(found.variables)
            return
        self.heading("Variables", kinds_text(found.variables))
        other = [saved_elsewhere(variable) for variable in found.variables]
        columns = ["name", "dtype", "shape", "size", "kind", "trainable", *(["saved as"] if any(other) else [])]
        rows = []
        for variable, saved in zip(found.variables, other, strict=True):
            rows.append(
                [
                    variable.name,
                    variable.dtype,
                    shape_text(variable.shape),
                    byte_text(variable.byte_size),
                    kind_text(variable),
                    "yes" if variable.trainable else "no",
                    *([saved] if any(other) else []),
                ]
            )
        self.table(columns, rows, right={"size"})

    def _scopes(self, variables: Sequence[Variable]) -> None:
        rows = [
            [
                group.name,
                str(len(group.variables)),
                group.dtype,
                shape_text(group.variables[0].shape) if len(group.variables) == 1 else "",
                byte_text(group.byte_size),
                f"{group.trainable} of {len(group.variables)}",
            ]
            for group in summarize_scopes(variables, _MOST_VARIABLES)
        ]
        self.table(["scope", "variables", "dtype", "shape", "size", "trainable"], rows, right={"variables", "size"})

    def tables(self, found: MetaGraphInspection) -> None:
        """The lookup tables and where they are filled from."""
        if not found.tables:
            return
        self.heading("Tables")
        self.table(["name", "op", "maps", "filled from"], self._some(tables_rows(found)))
        self._more(found.tables)

    def loops(self, found: MetaGraphInspection) -> None:
        """The v1 while loops."""
        if not found.loops:
            return
        self.heading("While loops")
        nested = any(loop.parent for loop in found.loops)
        rows = [
            [
                frame_name(loop.frame),
                str(loop.nodes),
                *([frame_name(loop.parent)] if nested else []),
                listed(loop.signatures),
            ]
            for loop in self._some(found.loops)
        ]
        self.table(["loop", "nodes", *(["inside"] if nested else []), "signatures"], rows, right={"nodes"})
        self._more(found.loops)

    def hazards(self, hazards: Sequence[Hazard]) -> None:
        """What a conversion must not pass over, those that block first."""
        if not hazards:
            return
        self.heading("Hazards", "docs/hazards.md explains each kind")
        order = list(Severity)
        for hazard in sorted(hazards, key=lambda hazard: order.index(hazard.severity)):
            text = Text()
            text.append(f"  {hazard.severity:<7} ", _STYLES[hazard.severity])
            text.append(f"{hazard.kind}", "bold")
            if hazard.node:
                text.append(one_line(f" at {hazard.node} ({hazard.op})"))
            if hazard.count > 1:
                text.append(f", one of {hazard.count:,}")
            self.console.print(text, soft_wrap=True)
            self.wrapped(hazard.message, 10)
            self.wrapped(hazard.remedy, 10, "-> ")
            if hazard.signatures:
                self.wrapped(f"in {listed(hazard.signatures)}", 10, style="dim")

    def proposal(self, proposal: ProposedSignature, found: MetaGraphInspection) -> None:
        """A signature that a raw graph might be given, with the command that gives it."""
        self.heading(f"Proposed signature {proposal.key}", "the model has none")
        for label, candidates in (
            ("input", proposal.inputs),
            ("output", proposal.outputs),
            ("left out", proposal.rest if self.full else proposal.rest[:_MOST_NAMES]),
        ):
            for candidate in candidates:
                self._candidate(label, candidate)
        self.command(convert_command(self.inspection, found, proposal))

    def _candidate(self, label: str, candidate: Candidate) -> None:
        text = Text()
        text.append(f"  {label:<9} ", "dim")
        text.append(one_line(f"{candidate.name}={candidate.tensor}"), "bold")
        text.append(f"  {candidate.dtype} {shape_text(candidate.shape)}  {candidate.score:.0%}")
        self.console.print(text, soft_wrap=True)
        self.wrapped("; ".join(candidate.reasons), 12, style="dim")

    def next_step(self) -> None:
        """The last line: what to do next."""
        step = next_step(self.inspection)
        self.line()
        self.line(f"Next: {step.line}", "bold red" if step.blocked else "bold green")

    def line(self, text: str = "", style: str = "") -> None:
        """A line, as long as it is."""
        self.console.print(Text(one_line(text), style=style), soft_wrap=True)

    def heading(self, title: str, detail: str = "") -> None:
        """An empty line and a heading."""
        text = Text("\n")
        text.append(one_line(title), "bold")
        if detail:
            text.append(f"  {one_line(detail)}", "dim")
        self.console.print(text, soft_wrap=True)

    def wrapped(self, text: str, indent: int, first: str = "", style: str = "") -> None:
        """A paragraph, indented, wrapped at the width."""
        if not text:
            return
        grid = Grid.grid()
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(" " * indent + first, Text(one_line(text), style=style))
        self.console.print(grid)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Labels and what is to be said under each."""
        grid = Grid.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, min_width=_LABELS + 2)
        grid.add_column(overflow="fold")
        for label, text in facts:
            grid.add_row(Text(f"  {label}", style="dim"), _cell(text))
        self.console.print(grid)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()) -> None:
        """A table without lines."""
        grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        grid.add_column("", width=1)
        for name in columns:
            grid.add_column(name, justify="right" if name in right else "left", overflow="fold")
        for row in rows:
            grid.add_row("", *map(_cell, row))
        self.console.print(grid)

    def command(self, command: Sequence[str]) -> None:
        """A command to paste, an option a line where it is long."""
        whole = one_line(shlex.join(command))
        if len(whole) + 2 > self.console.width:
            first = next((i for i, word in enumerate(command) if word.startswith("--")), len(command))
            parts = [shlex.join(command[:first])]
            parts += [shlex.join(command[i : i + 2]) for i in range(first, len(command), 2)]
            whole = " \\\n      ".join(map(one_line, parts))
        self.console.print(Text(f"  {whole}", style="green"), soft_wrap=True)

    def _some(self, found: Sequence[_Any]) -> Sequence[_Any]:
        return found if self.full else found[:_MOST_VARIABLES]

    def _more(self, found: Sequence[object]) -> None:
        if len(found) > len(self._some(found)):
            self.line(f"  and {len(found) - _MOST_VARIABLES:,} more; --all lists each", "dim")


def _cell(text: str) -> Text:
    return Text(one_line(text))
