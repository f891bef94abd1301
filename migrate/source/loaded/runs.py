"""What a session computes: the fetches and feeds of `sess.run`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import Role, Roles
from migrate.source.loaded.uses import Usage, Use


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A call of `sess.run`.

    Attributes:
        call: The call.
        session: The expression of the session.
        fetches: What is computed; None where the call does not say it plainly.
        feed: The feeds; None where there are none.
        extra: Further arguments (`options`, `run_metadata`).
    """

    call: ast.Call
    session: ast.expr
    fetches: ast.expr | None
    feed: ast.expr | None
    extra: tuple[ast.expr, ...]


def read_run(use: Use) -> Run:
    """The run that a use of a session is.

    Args:
        use: One with `Usage.RUN`.
    """
    assert use.usage is Usage.RUN
    assert isinstance(use.node, ast.Call)
    call = use.node
    given: dict[str, ast.expr] = dict(zip(("fetches", "feed_dict", "options", "run_metadata"), call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    plain = all(keyword.arg is not None for keyword in call.keywords) and not any(
        isinstance(argument, ast.Starred) for argument in call.args
    )
    feed = given.get("feed_dict")
    if isinstance(feed, ast.Constant) and feed.value is None:
        feed = None
    extra = tuple(value for name, value in given.items() if name not in ("fetches", "feed_dict"))
    return Run(call, use.value, given.get("fetches") if plain else None, feed, extra)


def feed_keys(feed: ast.expr, places: Places) -> list[ast.expr] | None:
    """The expressions of the keys of a feed, wherever in the module they are put into it; None where unknown."""
    return _Feeds(places).keys(feed)


def key_role(key: ast.expr, roles: Roles) -> Role | None:
    """Whether a key is a tensor (`TENSOR`) or the name of one (`TEXT`); None where that is not sure."""
    found = roles.roles(key)
    if found and found <= {Role.TENSOR, Role.OPERATION}:
        return Role.TENSOR
    return Role.TEXT if found == {Role.TEXT} else None


class _Feeds:
    def __init__(self, places: Places) -> None:
        self._places = places
        self._seen: set[object] = set()

    def keys(self, feed: ast.expr) -> list[ast.expr] | None:
        match feed:
            case ast.Constant(value=None):
                return []
            case ast.Dict(keys=keys, values=values):
                found: list[ast.expr] = []
                for key, value in zip(keys, values, strict=True):
                    inner = [key] if key is not None else self.keys(value)
                    if inner is None:
                        return None
                    found += inner
                return found
            case ast.DictComp(key=key):
                return [key]
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=[]):
                return []
            case ast.IfExp(body=body, orelse=orelse):
                return self._joined([body, orelse])
            case ast.Name() | ast.Attribute():
                return self._place(feed)
            case ast.Call():
                functions = self._places.callees(feed)
                returned = [value for function in functions for value in self._places.returns(function)]
                return self._joined(returned) if returned else None
        return None

    def _joined(self, feeds: list[ast.expr]) -> list[ast.expr] | None:
        found: list[ast.expr] = []
        for feed in feeds:
            inner = self.keys(feed)
            if inner is None:
                return None
            found += inner
        return found

    def _place(self, node: ast.Name | ast.Attribute) -> list[ast.expr] | None:
        place = self._places.place(node)
        if place is None:
            return None
        if place in self._seen:
            return []
        self._seen.add(place)
        found: list[ast.expr] = []
        given = self._places.given(place)
        for one in given:
            inner = self._one(one.statement, node, one.value if not (one.path or one.entered or one.element) else None)
            if inner is None:
                return None
            found += inner
        inner = self._parameter(node)
        if inner is None or not (given or inner):
            return None
        return found + inner

    def _one(self, statement: ast.AST, node: ast.expr, value: ast.expr | None) -> list[ast.expr] | None:
        """The keys that one statement puts into a feed."""
        name = ast.unparse(node)
        match statement:
            case ast.Assign(targets=targets):
                items = [t for t in targets if isinstance(t, ast.Subscript) and ast.unparse(t.value) == name]
                if items:
                    return [item.slice for item in items]
            case ast.Call():
                return None
        return self.keys(value) if value is not None else None

    def _parameter(self, node: ast.Name | ast.Attribute) -> list[ast.expr] | None:
        """The keys that callers put into a feed before they pass it on; none where it is no parameter."""
        if not isinstance(node, ast.Name):
            return []
        owner = self._places.scope_of[node].owner(node.id)
        function = owner.node if owner is not None else None
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return []
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        if node.id not in [argument.arg for argument in arguments]:
            return []
        callers = self._places.callers(function)
        if not callers or self._places.escapes(function):
            return None
        given = [self._places.argument(caller, function, node.id) for caller in callers]
        return self._joined([value for value in given if value is not None]) if all(given) else None
