"""A module with the layers of one region written out, for the strategies to read in its place."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from migrate.source.emit.imports import drop_unused
from migrate.source.kinds import Kinds
from migrate.source.layers.names import has_layers
from migrate.source.layers.region import LoweredRegion, RegionLowering
from migrate.source.layers.training import refuse_training
from migrate.source.sites import ExportSite
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.unprovable import NO_EQUAL, Unprovable

if TYPE_CHECKING:
    from migrate.source.view import ModuleView

__all__ = ["Layered", "has_layers", "without_layer_imports", "without_layers"]


@dataclass(frozen=True, slots=True, eq=False)
class Layered:
    """A module with the layers of one region written out.

    Attributes:
        scope: The region's scope, in the module as it was.
        region: What was written out.
    """

    scope: Scope
    region: LoweredRegion

    @property
    def text(self) -> str:
        """The module's text."""
        return self.region.text

    @property
    def message(self) -> str:
        """What was done, for the user."""
        return "its layers are written out; their variables keep the names that checkpoints have"

    def placed(self, reason: Unprovable) -> Unprovable:
        """A reason found in the new text, with the line that its place had before."""
        if reason.line is None:
            return reason
        place = ast.Pass(lineno=self.region.edits.line_before(reason.line), col_offset=0)
        return Unprovable(reason.rule, reason.reason, place)

    def refuse_training(self, kinds: Kinds, sites: tuple[ExportSite, ...], *, legacy: bool) -> None:
        """Refuses where a layer that was taken to be out of training may be trained.

        Raises:
            Unprovable: Where it may.
        """
        refuse_training(self.region, kinds, sites, legacy=legacy)


def without_layers(text: str, view: ModuleView, kinds: Kinds) -> Layered:
    """Writes out the layers of a region.

    Args:
        text: The module's source.
        view: The module.
        kinds: The region.

    Raises:
        Unprovable: Where a layer has no counterpart, or is not known well enough.
    """
    region = RegionLowering(text, kinds, view.free).lower()
    if region.text == text:
        raise Unprovable(NO_EQUAL, "its recurrent cells are not run by a layer that can be written out")
    return Layered(kinds.region.scope, region)


def without_layer_imports(text: str, before: Symbols) -> str:
    """The text without the imports that only layers needed, such as `from tensorflow.contrib import layers`."""
    if not any(
        isinstance(binding, Imported) and binding.qualified.startswith("tensorflow")
        for scope in before.scopes()
        for bindings in scope.bindings.values()
        for binding in bindings
    ):
        return text
    return drop_unused(cst.parse_module(text), before, ast.parse(text)).code
