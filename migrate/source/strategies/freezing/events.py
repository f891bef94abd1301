"""What a file freezes: calls with a session, and functions of the file that only freeze what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.source.arguments import bind, call_arguments
from migrate.source.candidates import Candidate
from migrate.source.scoped import scoped
from migrate.source.strategies.freezing.helper import Freezer, read_freezer
from migrate.source.strategies.freezing.wrapper import Wrapper, read_wrapper
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

CONVERT = "graph_util.convert_variables_to_constants"
TRANSFORM = "tools.graph_transforms.TransformGraph"
PARAMETERS = ("sess", "input_graph_def", "output_node_names", "variable_names_whitelist", "variable_names_blacklist")


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A call that freezes a session: TF1's own, or that of a function of the file that does only that."""

    call: ast.Call
    scope: Scope
    session: ast.expr
    graph_def: ast.expr | None
    names: ast.expr
    wrapper: Wrapper | None = None


@dataclass(slots=True, eq=False)
class Work:
    """What is known so far about the file."""

    view: ModuleView
    events: list[Event] = field(default_factory=list)
    freezers: list[Freezer] = field(default_factory=list)
    wrappers: list[Wrapper] = field(default_factory=list)

    def functions(self) -> list[ast.FunctionDef]:
        """The functions that freeze what they are given."""
        return [*(one.function for one in self.freezers), *(one.function for one in self.wrappers)]


def read(candidate: Candidate, work: Work) -> None:
    """Reads a call that freezes, and what calls the function it stands in.

    Args:
        candidate: The call.
        work: Gets what is found.

    Raises:
        Unprovable: It freezes something else than a session, or only some of its variables.
    """
    view = work.view
    call, scope = candidate.call, candidate.scope
    resolved = view.symbols.resolve(call.func, scope) or ""
    if resolved == TRANSFORM:
        raise Unprovable(NO_EQUAL, "TensorFlow 2 has no TransformGraph", call)
    if resolved != CONVERT:
        raise Unprovable(ELSEWHERE, "freeze_graph reads the graph from a file", call)
    session, graph_def, names, kept, left_out = bind(call, PARAMETERS, required=3)
    assert session is not None and graph_def is not None and names is not None
    if isinstance(scope.node, ast.FunctionDef) and isinstance(session, ast.Name) and _is_parameter(session, scope):
        try:
            freezer = read_freezer(scope.node, call, view)
        except Unprovable:
            wrapper = read_wrapper(scope.node, call, view)
            work.wrappers.append(wrapper)
            work.events += _calls(wrapper, view)
            return
        work.freezers.append(freezer)
        work.events += _calls(freezer, view)
        return
    for given in (kept, left_out):
        if given is not None and not (isinstance(given, ast.Constant) and given.value is None):
            raise Unprovable(NOT_STATIC, "only some of the variables become constants", given)
    work.events.append(Event(call, scope, session, graph_def, names))


def _is_parameter(name: ast.Name, scope: Scope) -> bool:
    assert isinstance(scope.node, ast.FunctionDef)
    return any(argument.arg == name.id for argument in [*scope.node.args.args, *scope.node.args.kwonlyargs])


def _calls(freezer: Freezer | Wrapper, view: ModuleView) -> Iterator[Event]:
    """The calls of a function that freezes the session it is given."""
    function = freezer.function
    found = False
    for node, scope in scoped(view.symbols):
        if not isinstance(node, ast.Name) or node.id != function.name or not isinstance(node.ctx, ast.Load):
            continue
        call = view.parents[node]
        if (
            view.symbols.function(node, scope) is not function
            or not isinstance(call, ast.Call)
            or call.func is not node
        ):
            raise Unprovable(ELSEWHERE, f"'{function.name}' is used otherwise than by calling it", node)
        given = call_arguments(call, function)
        if given is None or freezer.names not in given:
            raise Unprovable(NOT_STATIC, f"the arguments of {function.name} are not plain", call)
        found = True
        if isinstance(freezer, Wrapper):
            if freezer.session not in given or (freezer.graph is not None and freezer.graph not in given):
                raise Unprovable(NOT_STATIC, f"the arguments of {function.name} are not plain", call)
            graph = given[freezer.graph] if freezer.graph is not None else None
            yield Event(call, scope, given[freezer.session], graph, given[freezer.names], freezer)
            continue
        for name in freezer.ignored & given.keys():
            value = given[name]
            if not isinstance(value, ast.Constant) or (name == freezer.kept and value.value is not None):
                raise Unprovable(NOT_STATIC, f"'{name}' is given to {function.name}", value)
        yield Event(call, scope, given[freezer.session], None, given[freezer.names])
    if not found:
        raise Unprovable(ELSEWHERE, f"'{function.name}' is only called from elsewhere", function)
