"""Reads the session runs of a training loop: what is fed, and what is fetched."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.flow import Definition, Merge, Region, Step, Value
from migrate.source.kinds import Kind, Kinds
from migrate.source.session import Run, SessionUse
from migrate.source.slicing.cuts import expression_key
from migrate.source.unprovable import ELSEWHERE, INPUT, NOT_STATIC, SIDE_EFFECTS, Unprovable

_FED = (Kind.PLACEHOLDER, Kind.TENSOR)
_FETCHED = (Kind.TENSOR, Kind.PLACEHOLDER, Kind.VARIABLE)


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """One thing that is fed: the tensor, what it is by its key, and its value."""

    tensor: ast.expr
    key: str
    value: ast.expr


@dataclass(frozen=True, slots=True, eq=False)
class ReadRun:
    """A session run, taken apart.

    Attributes:
        run: The run.
        step: The step it stands in.
        feeds: What is fed.
        fetches: What is fetched, one by one.
        single: Whether one thing is fetched, not a list.
        trains: The fetches that are training ops.
        kept: Where the run is a statement of its own: which of its results are read.
        named: The name of the dictionary that is fed, where it has one.
    """

    run: Run
    step: Step
    feeds: tuple[Feed, ...]
    fetches: tuple[ast.expr, ...]
    single: bool
    trains: tuple[ast.expr, ...]
    kept: tuple[bool, ...] | None
    named: Definition | None = None

    @property
    def fed(self) -> frozenset[str]:
        """What is fed, whatever the order."""
        return frozenset(feed.key for feed in self.feeds)


def read_run(run: Run, step: Step, kinds: Kinds) -> ReadRun:
    """Takes a session run apart.

    Args:
        run: The run.
        step: The step it stands in.
        kinds: The region.

    Raises:
        Unprovable: Its feeds or fetches cannot be seen.
    """
    known = {"fetches", "feed_dict", "session"}
    method = isinstance(run.call.func, ast.Attribute) and kinds.of(run.call.func.value) is not Kind.SESSION
    others = [keyword for keyword in run.call.keywords if keyword.arg not in known]
    if others or len(run.call.args) > 2 or any(isinstance(argument, ast.Starred) for argument in run.call.args):
        raise Unprovable(SIDE_EFFECTS, "the session runs with options", run.call)
    if method and len(run.call.args) > 1:
        raise Unprovable(ELSEWHERE, "a session is passed to run or eval", run.call)
    single = not isinstance(run.fetches, (ast.List, ast.Tuple))
    fetches = [run.fetches] if single else list(run.fetches.elts)  # type: ignore[attr-defined]
    trains = []
    for fetch in fetches:
        kind = kinds.of(fetch)
        if _structure(fetch, kinds.region):
            raise Unprovable(NOT_STATIC, "the session fetches nested lists or dictionaries", fetch)
        if kind is Kind.TRAIN:
            trains.append(fetch)
        elif kind not in _FETCHED:
            raise Unprovable(ELSEWHERE, f"it cannot be seen what the session fetches as {ast.unparse(fetch)}", fetch)
    kept = _kept(run, step, fetches, kinds)
    if trains and single and kept != (False,):
        raise Unprovable(SIDE_EFFECTS, "the result of the training op, which is None, is used", run.call)
    named, feed = _named(run, kinds)
    return ReadRun(run, step, _feeds(feed, kinds), tuple(fetches), single, tuple(trains), kept, named)


def _structure(fetch: ast.expr, region: Region) -> bool:
    """Whether a fetch is a list, a dictionary or the like, of which the session makes one of arrays."""
    if isinstance(fetch, (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.Starred)):
        return True
    if isinstance(fetch, ast.Name):
        value = region.value_of.get(fetch)
        if not isinstance(value, Definition) or not value.known or value.previous is not None:
            return True
        return value.expression is None or (not value.path and _structure(value.expression, region))
    return not isinstance(fetch, (ast.Call, ast.BinOp, ast.UnaryOp, ast.Subscript))


def _named(run: Run, kinds: Kinds) -> tuple[Definition | None, ast.expr | None]:
    """The name of the dictionary that is fed, if it has one and is only fed; and what is written there."""
    if not isinstance(run.feed, ast.Name):
        return None, run.feed
    region = kinds.region
    value = region.value_of.get(run.feed)
    if not isinstance(value, Definition) or not value.known or value.path or value.previous is not None:
        return None, run.feed
    fed = {other.feed for step in region.steps for other in SessionUse(kinds).runs(step)}
    names = [node for node in ast.walk(region.symbols.tree) if isinstance(node, ast.Name) and node.id == run.feed.id]
    changed = any(made.previous is value for step in region.steps for made in step.writes)
    if changed or any(isinstance(node.ctx, ast.Load) and node not in fed for node in names):
        return None, run.feed
    return value, value.expression


def _feeds(feed: ast.expr | None, kinds: Kinds) -> tuple[Feed, ...]:
    if feed is None or (isinstance(feed, ast.Constant) and feed.value is None):
        return ()
    if not isinstance(feed, ast.Dict):
        raise Unprovable(NOT_STATIC, "what the session is fed is not written where it runs", feed)
    found: list[Feed] = []
    for tensor, value in zip(feed.keys, feed.values, strict=True):
        key = expression_key(tensor, kinds.region) if tensor is not None else None
        if tensor is None or key is None or kinds.of(tensor) not in _FED:
            raise Unprovable(INPUT, "it cannot be seen which tensor is fed", tensor or feed)
        if kinds.of(value) not in (Kind.PYTHON, Kind.CONFIG):
            raise Unprovable(INPUT, f"{ast.unparse(value)}, which is fed, may be a tensor", value)
        if any(key == other.key for other in found):
            raise Unprovable(INPUT, f"{ast.unparse(tensor)} is fed twice", tensor)
        found.append(Feed(tensor, key, value))
    return tuple(found)


def _kept(run: Run, step: Step, fetches: list[ast.expr], kinds: Kinds) -> tuple[bool, ...] | None:
    """Which names of `_, loss = sess.run(...)` are read; None where the run is a part of a statement."""
    match step.node:
        case ast.Expr(value=value) if value is run.call:
            return (False,) * len(fetches)
        case ast.Assign(targets=[ast.Name() as target], value=value) if value is run.call and len(fetches) == 1:
            if not isinstance(run.fetches, (ast.List, ast.Tuple)):
                return (_is_read(target, step, kinds.region),)
        case ast.Assign(targets=[ast.Tuple(elts=targets) | ast.List(elts=targets)], value=value) if value is run.call:
            if isinstance(run.fetches, (ast.List, ast.Tuple)) and len(targets) == len(fetches):
                if not any(isinstance(target, ast.Starred) for target in targets):
                    return tuple(_is_read(target, step, kinds.region) for target in targets)
    return None


def _is_read(target: ast.expr, step: Step, region: Region) -> bool:
    """Whether anything may read what a target is set to."""
    if not isinstance(target, ast.Name):
        return True
    made = next((d for d in step.writes if d.name == target.id), None)
    if made is None:
        return True
    values: set[Value] = {made}
    grown = True
    while grown:
        merges = {v for v in region.value_of.values() if isinstance(v, Merge) and values & set(v.inputs)}
        grown = not merges <= values
        values |= merges
    if any(value in values for other in region.steps for value in other.reads):
        return True
    if any(value in values for value in region.value_of.values()):
        return True
    if isinstance(region.scope.node, ast.Module) and not target.id.startswith("_"):
        return any(
            isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
            for function in ast.walk(region.symbols.tree)
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
            for node in ast.walk(function)
        )
    declared = (node for node in ast.walk(region.scope.node) if isinstance(node, (ast.Global, ast.Nonlocal)))
    return any(target.id in node.names for node in declared)
