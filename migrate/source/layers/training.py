"""Layers that do something else in training: when may they be written out as they are in an export?"""

from __future__ import annotations

import ast

from migrate.source.flow import Definition
from migrate.source.kinds import Kinds
from migrate.source.layers.region import LoweredRegion
from migrate.source.sites import ExportSite
from migrate.source.slicing.cuts import parameter_of_call
from migrate.source.specs import argument_of
from migrate.source.unprovable import NO_EQUAL, Unprovable


def refuse_training(lowered: LoweredRegion, kinds: Kinds, sites: tuple[ExportSite, ...], *, legacy: bool) -> None:
    """Refuses where a flag of training that was taken for False may be set.

    Args:
        lowered: The region after its layers were written out.
        kinds: The region before.
        sites: Its exports.
        legacy: Whether session code remains, which may feed the flag.

    Raises:
        Unprovable: Where it may.
    """
    if not lowered.flags:
        return
    region = kinds.region
    for site in sites:
        for signature in site.signatures:
            for endpoint in signature.inputs:
                if parameter_of_call(endpoint.tensor, region) in lowered.flags:
                    raise Unprovable(
                        NO_EQUAL, f"the input '{endpoint.key}' switches layers to training", endpoint.tensor
                    )
    if not legacy:
        return
    flags = set(lowered.flags)
    texts = {name.value for flag in flags if isinstance(name := argument_of(flag, "name", 2), ast.Constant)}
    feeds: set[ast.AST] = set()
    for node in ast.walk(region.symbols.tree):
        if isinstance(node, ast.Dict):
            for key, fed in zip(node.keys, node.values, strict=True):
                meant = region.value_of.get(key) if isinstance(key, ast.Name) else None
                if isinstance(meant, Definition) and isinstance(meant.expression, ast.Call) and key is not None:
                    if isinstance(fed, ast.Constant) and _off(fed.value, meant.expression):
                        feeds.add(key)
    for node in ast.walk(region.symbols.tree):
        said = isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.partition(":")[0] in texts
        if said and ":" in str(node.value):  # type: ignore[attr-defined]
            raise Unprovable(NO_EQUAL, "layers are trained in the session, by a placeholder it feeds", node)
        if isinstance(node, ast.Name) and (node.lineno, node.col_offset) not in lowered.uses and node not in feeds:
            value = region.value_of.get(node)
            if isinstance(value, Definition) and value.expression in flags and isinstance(node.ctx, ast.Load):
                raise Unprovable(NO_EQUAL, "layers are trained in the session, by a placeholder it feeds", node)


def _off(value: object, flag: ast.Call) -> bool:
    """Whether a fed value leaves a flag as it is: False for one of False, 1 for one of 1.0."""
    defaults = [node.value for node in ast.walk(flag) if isinstance(node, ast.Constant)]
    if value is False:
        return any(default is False for default in defaults)
    one = isinstance(value, (int, float)) and not isinstance(value, bool) and value == 1
    return one and any(isinstance(default, float) and default == 1 for default in defaults)
