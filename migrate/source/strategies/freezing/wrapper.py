"""Functions of a file that freeze the session they are given, and do more: most write the file, too.

They stay, with the model in the place of session and graph: `freeze_graph(session.graph, session, names, directory)`
becomes `freeze_graph(model, names, directory)`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from migrate.source.changes import Changes
from migrate.source.emit.writer import call as call_text
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

_TIDY = frozenset({"graph_util.remove_training_nodes", "graph_util.extract_sub_graph"})


@dataclass(slots=True, eq=False)
class Wrapper:
    """A function that freezes and does more.

    Attributes:
        function: It.
        call: What freezes in it.
        session: The parameter for the session.
        graph: The parameter for its graph, if it has one.
        names: The parameter for the names of the output nodes.
        gone: Statements that only prepare the graph.
        unwrapped: `with graph.as_default():`, of which the body stays.
    """

    function: ast.FunctionDef
    call: ast.Call
    session: str
    graph: str | None
    names: str
    gone: list[ast.stmt] = field(default_factory=list)
    unwrapped: list[ast.stmt] = field(default_factory=list)

    def change(self, changes: Changes, freeze: str) -> None:
        """Adds the edits of the function.

        Args:
            changes: The edits.
            freeze: The function that freezes a model.
        """
        changes.expressions[self.call] = f"{freeze}(model, {self.names})"
        changes.statements |= dict.fromkeys(self.gone, ())
        changes.unwrapped |= set(self.unwrapped)
        changes.statements[self.function] = (self._header(),)

    def called(self, call: ast.Call, view: ModuleView, model: str, names: str) -> str:
        """The text of a call of the function.

        Args:
            call: The call, whose arguments are plain.
            view: The module.
            model: The text of the model.
            names: The text of the names of its output nodes.
        """
        given = [
            (parameter.arg, value, "") for parameter, value in zip(self.function.args.args, call.args, strict=False)
        ]
        given += [(str(one.arg), one.value, f"{one.arg}=") for one in call.keywords]
        arguments: list[str] = []
        found = False
        for name, value, before in given:
            if name in (self.session, self.graph):
                if not found:
                    arguments.append(f"model={model}" if before else model)
                found = True
            else:
                arguments.append(before + (names if name == self.names else view.text_of(value)))
        return call_text(self.function.name, arguments, depth=call.col_offset // 2)

    def _header(self) -> str:
        given = self.function.args
        defaults: list[ast.expr | None] = [None] * (len(given.args) - len(given.defaults))
        defaults += given.defaults
        parts: list[str] = []
        for parameter, default in zip(given.args, defaults, strict=True):
            if parameter.arg in (self.session, self.graph):
                parts += [] if "model" in parts else ["model"]
            else:
                text = ast.unparse(parameter)
                equals = " = " if parameter.annotation is not None else "="
                parts.append(text if default is None else f"{text}{equals}{ast.unparse(default)}")
        returns = f" -> {ast.unparse(self.function.returns)}" if self.function.returns is not None else ""
        return f"def {self.function.name}({', '.join(parts)}){returns}:"


def read_wrapper(function: ast.FunctionDef, call: ast.Call, view: ModuleView) -> Wrapper:
    """Reads a function around a call of `convert_variables_to_constants`.

    Args:
        function: The function.
        call: The call in it.
        view: The module.

    Raises:
        Unprovable: Where the session is used for more.
    """
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    session, graph_def, names = (
        given.get(name, call.args[index] if len(call.args) > index else None)
        for index, name in enumerate(("sess", "input_graph_def", "output_node_names"))
    )
    parameters = [argument.arg for argument in function.args.args]
    plain = not (function.args.kwonlyargs or function.args.posonlyargs or function.args.vararg or function.args.kwarg)
    if not (
        plain
        and not function.decorator_list
        and isinstance(view.parents[function], ast.Module)
        and isinstance(session, ast.Name)
        and isinstance(names, ast.Name)
        and {session.id, names.id} <= set(parameters)
        and len(call.args) + len(call.keywords) == 3
    ):
        raise Unprovable(ELSEWHERE, f"the session is a parameter of '{function.name}'", call)
    if any(isinstance(node, ast.Name) and node.id == "model" for node in ast.walk(function)) or "model" in parameters:
        raise Unprovable(ELSEWHERE, f"'{function.name}' has something else called 'model'", call)
    wrapper = Wrapper(function, call, session.id, None, names.id)
    held = {session.id} | ({graph_def.id} if isinstance(graph_def, ast.Name) else set())
    graphs = [name for name in parameters if name != session.id and _is_graph(name, function)]
    if len(graphs) > 1 or (graphs and parameters.index(graphs[0]) not in _beside(parameters.index(session.id))):
        raise Unprovable(ELSEWHERE, f"the graph is a parameter of '{function.name}'", call)
    if graphs:
        wrapper.graph = graphs[0]
        held.add(graphs[0])
    _read(function.body, wrapper, held, view)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == names.id and isinstance(node.ctx, ast.Store):
            raise Unprovable(NOT_STATIC, "the names of the output nodes are changed", node)
    return wrapper


def _beside(place: int) -> tuple[int, int]:
    return place - 1, place + 1


def _is_graph(name: str, function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("as_graph_def", "as_default")
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        for node in ast.walk(function)
    )


def _read(body: Sequence[ast.stmt], wrapper: Wrapper, held: set[str], view: ModuleView) -> None:
    for statement in body:
        match statement:
            case ast.With(items=[ast.withitem(context_expr=entered, optional_vars=None)], body=inner) if _only(
                entered, held, view
            ):
                wrapper.unwrapped.append(statement)
                _read(inner, wrapper, held, view)
                continue
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if _only(value, held, view):
                wrapper.gone.append(statement)
                held.add(target)
                continue
            case ast.For(
                iter=ast.Attribute(value=ast.Name(id=looped), attr="node"),
                body=[ast.Assign(targets=[ast.Attribute(attr="device")], value=ast.Constant())],
                orelse=[],
            ) if looped in held:
                wrapper.gone.append(statement)
                continue
        inside = set(ast.walk(wrapper.call))
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id in held and node not in inside:
                raise Unprovable(CONTROL_FLOW, "the function around it does more than freeze", statement)


def _only(value: ast.expr, held: set[str], view: ModuleView) -> bool:
    """Whether an expression is the session, its graph, or the GraphDef of that."""
    match value:
        case ast.Name(id=name):
            return name in held
        case ast.Attribute(value=base, attr="graph" | "graph_def"):
            return _only(base, held, view)
        case ast.Call(func=ast.Attribute(value=base, attr="as_graph_def" | "as_default"), args=[], keywords=[]) if (
            _only(base, held, view)
        ):
            return True
        case ast.Call(func=function, args=[inner], keywords=[]) if _only(inner, held, view):
            return view.symbols.resolve(function, view.symbols.module) in _TIDY
    return False
