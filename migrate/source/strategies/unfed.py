"""Outputs that are placeholders which nobody feeds: TF1 wrote them, and no server could compute them."""

from __future__ import annotations

import ast

from migrate.source.flow import Definition, Region
from migrate.source.sites import ExportSite, SignatureSource


def unfed_notes(
    site: ExportSite, rule: str = "TFM302", refuses: str = "the bridge refuses it when the program exports"
) -> tuple[tuple[str, str], ...]:
    """A finding for each signature whose output is a placeholder that is none of its inputs.

    Args:
        site: The export.
        rule: The rule of the finding.
        refuses: What does not take it.
    """
    found = [(signature, call) for signature in site.signatures for call in _unfed(signature, site.region)]
    return tuple(
        (
            rule,
            f"the signature '{signature.key}' returns the placeholder of line {call.lineno}, which is none of its inputs: "
            f"no request could get it under TF1, and {refuses}; leave that output out",
        )
        for signature, call in found
    )


def _unfed(signature: SignatureSource, region: Region) -> list[ast.Call]:
    fed = {_placeholder(endpoint.tensor, region) for endpoint in signature.inputs}
    needed = [_placeholder(endpoint.tensor, region) for endpoint in signature.outputs]
    return list(dict.fromkeys(call for call in needed if call is not None and call not in fed))


def _placeholder(node: ast.expr, region: Region) -> ast.Call | None:
    """The call of `tf.placeholder` that an expression is, through plain copies."""
    for _ in range(10):
        match node:
            case ast.Call():
                return node if region.resolve(node.func) == "placeholder" else None
            case ast.Name():
                value = region.value_of.get(node)
                if not isinstance(value, Definition) or not value.known or value.previous or value.path:
                    return None
                if value.expression is None:
                    return None
                node = value.expression
            case _:
                return None
    return None
