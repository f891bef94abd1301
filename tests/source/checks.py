"""Short ways to say what the rewriter does with a piece of code, and to look into its analysis."""

from __future__ import annotations

import ast
from collections.abc import Callable
from textwrap import dedent

import pytest

from migrate.engine import rewrite_source
from migrate.results import Level, Result, Site
from migrate.settings import Settings
from migrate.source.bugs import BUG
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.flow import Region, Value
from migrate.source.inline import inline_choice
from migrate.source.kinds import Kinds
from migrate.source.strategies.site_plan import SitePlan
from migrate.source.symbols import Scope, Symbols
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

# ---- one strategy -----------------------------------------------------------------------------------------------------


def refusal(plan: Callable[[Candidate, ModuleView], SitePlan], code: str, kind: SiteKind) -> str:
    """Why a strategy does not take the first site of a kind, whatever others do with it."""
    text = dedent(code)
    view = ModuleView(text, ast.parse(text), "script.py", Settings())
    candidate = next(one for one in view.candidates if one.kind is kind)
    with pytest.raises(Unprovable) as caught:
        plan(candidate, view)
    return caught.value.reason


# ---- the whole rewriter ---------------------------------------------------------------------------------------------


def rewrite(code: str) -> Result:
    """The result for an indented piece of code, with all that must always hold."""
    before = dedent(code)
    result = rewrite_source(before, "script.py")
    assert result.error is None
    assert not [one for site in result.sites for one in site.refusals if BUG in one.reason]
    compile(result.after, "script.py", "exec")
    assert rewrite_source(result.after, "script.py").after == result.after, "a second run changes it again"
    if all(site.level is Level.FLAGGED for site in result.sites):
        assert result.after == before, "changed without a site that is rewritten"
    return result


def check_transformed(before: str, after: str) -> None:
    """Every site becomes native, and this is the text."""
    result = rewrite(before)
    assert result.sites
    assert [site.reason for site in result.sites] == [None] * len(result.sites)
    assert result.after == dedent(after)


def check_native(code: str, *parts: str, without: tuple[str, ...] = ()) -> str:
    """Every site becomes native; the new text has these parts, and not those."""
    result = rewrite(code)
    assert result.sites
    assert [site.reason for site in result.sites] == [None] * len(result.sites)
    for part in parts:
        assert part in result.after, result.after
    for part in without:
        assert part not in result.after, result.after
    return result.after


def check_noop(code: str) -> None:
    """Nothing here is TF1 export code."""
    result = rewrite(code)
    assert result.sites == ()
    assert not result.changed


def check_not_native(code: str, rule: str, part_of_reason: str) -> Site:
    """The one site does not become native, and this is said about it."""
    result = rewrite(code)
    (site,) = result.sites
    assert site.level is not Level.NATIVE, result.after
    said = [(refusal.rule, refusal.reason) for refusal in site.refusals if refusal.level is Level.NATIVE]
    assert any(found == rule and part_of_reason in reason for found, reason in said), said
    assert site.level is Level.WRAPPED or "tf.saved_model.save(" not in result.after
    return site


def check_flagged(code: str, rule: str, part_of_reason: str) -> Site:
    """The one site is left as it is, and this is said about it."""
    result = rewrite(code)
    (site,) = result.sites
    assert (site.level, site.rule) == (Level.FLAGGED, rule), site.reason
    assert site.reason is not None
    assert part_of_reason in site.reason
    assert not result.changed
    return site


def script(
    *graph: str, inputs: str = "{'x': x}", outputs: str = "{'y': y}", session: str = "", imports: str = ""
) -> str:
    """A script that builds a graph from `x` to `y` and exports it."""
    lines = ["import tensorflow as tf", *imports.splitlines(), ""]
    lines += ["x = tf.placeholder(tf.float32, [None, 3], name='x')", *dedent("\n".join(graph)).splitlines()]
    lines += ["with tf.Session() as sess:", "    sess.run(tf.global_variables_initializer())"]
    lines += [f"    {line}" for line in dedent(session).splitlines()]
    lines += [f"    tf.saved_model.simple_save(sess, 'out', {inputs}, {outputs})"]
    return "\n".join(lines) + "\n"


# ---- the parts of the analysis --------------------------------------------------------------------------------------


def scope_named(symbols: Symbols, name: str | None) -> Scope:
    """The scope of a function or class; the module's for None."""
    if name is None:
        return symbols.module
    return next(scope for scope in symbols.scopes() if getattr(scope.node, "name", None) == name)


def region(code: str, function: str | None = None, *, inline: bool = False) -> Region:
    """The region of a function of some code, or of the module."""
    symbols = Symbols(ast.parse(dedent(code)))
    scope = scope_named(symbols, function)
    return Region(symbols, scope, inline_choice(symbols, scope) if inline else None)


def kinds(code: str, function: str | None = None) -> Kinds:
    """The kinds of a region."""
    return Kinds(region(code, function))


def expression(found: Region, text: str) -> ast.expr:
    """The last expression of a region that reads like a text."""
    wanted = ast.dump(ast.parse(text, mode="eval").body)
    matches = [
        node
        for step in found.steps
        for node in ast.walk(step.node)
        if isinstance(node, ast.expr) and ast.dump(node) == wanted
    ]
    assert matches, f"there is no {text}"
    return max(matches, key=lambda node: (node.lineno, node.col_offset))


def value(found: Region, name: str) -> Value:
    """What a name means where it is read last."""
    node = expression(found, name)
    assert isinstance(node, ast.Name)
    return found.value_of[node]


def call(found: Region, function: str, number: int = 0) -> ast.Call:
    """A call of a function, spelled like this; the first of several by default."""
    matches = [
        node
        for step in found.steps
        for node in ast.walk(step.node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function
    ]
    unique = sorted(set(matches), key=lambda node: (node.lineno, node.col_offset))
    return unique[number]
