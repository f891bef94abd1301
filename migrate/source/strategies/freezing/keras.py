"""The native strategy for frozen Keras models: the concrete function of the model, with constants for variables.

TF1 froze Keras' session, most of all with a function `freeze_session(session, keep_var_names, output_names)` that
everybody copied. TF2's Keras has no session; `convert_variables_to_constants_v2` freezes a function over the model.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.results import Level
from migrate.source.arguments import bind, call_arguments
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes, is_header
from migrate.source.emit.writer import call as call_text
from migrate.source.scoped import scoped
from migrate.source.strategies.freezing.code import IMPORTS, FreezingNames, definitions
from migrate.source.strategies.freezing.helper import Freezer, read_freezer
from migrate.source.strategies.freezing.names import NodeNames, comprehension_of_names, name_of_node, read_names
from migrate.source.strategies.freezing.session import KerasSession
from migrate.source.strategies.freezing.wrapper import Wrapper, read_wrapper
from migrate.source.strategies.keras.moved import Moved, moved_import
from migrate.source.strategies.keras.uses import Uses
from migrate.source.strategies.site_plan import SitePlan
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM008"
CONVERT = "graph_util.convert_variables_to_constants"
TRANSFORM = "tools.graph_transforms.TransformGraph"
PARAMETERS = ("sess", "input_graph_def", "output_node_names", "variable_names_whitelist", "variable_names_blacklist")
_TIDY = frozenset({"graph_util.remove_training_nodes", "graph_util.extract_sub_graph"})


@dataclass(frozen=True, slots=True, eq=False)
class _Event:
    """A call that freezes a session: TF1's own, or that of a function of the file that does only that."""

    call: ast.Call
    scope: Scope
    session: ast.expr
    graph_def: ast.expr | None
    names: ast.expr
    wrapper: Wrapper | None = None


@dataclass(slots=True, eq=False)
class _Work:
    """What is known so far about the file."""

    view: ModuleView
    events: list[_Event] = field(default_factory=list)
    freezers: list[Freezer] = field(default_factory=list)
    wrappers: list[Wrapper] = field(default_factory=list)

    def functions(self) -> list[ast.FunctionDef]:
        """The functions that freeze what they are given."""
        return [*(one.function for one in self.freezers), *(one.function for one in self.wrappers)]


def plan_keras(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of all the code of a file that freezes Keras models, which share functions.

    Raises:
        Unprovable: Where it freezes something else, or the session is used for more.
    """
    work = _Work(view)
    together = [one for one in view.candidates if one.kind is SiteKind.FREEZE]
    for one in together:
        _read(one, work)
    sessions = KerasSession(view)
    for event in work.events:
        sessions.used_by(event.call, event.scope, event.session, event.graph_def)
    names = [read_names(event.names, event.call, event.scope, view) for event in work.events]
    sessions.close({found.model for found in names})
    return _plan(candidate, together, work, names, sessions)


def _read(candidate: Candidate, work: _Work) -> None:
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
    work.events.append(_Event(call, scope, session, graph_def, names))


def _is_parameter(name: ast.Name, scope: Scope) -> bool:
    assert isinstance(scope.node, ast.FunctionDef)
    return any(argument.arg == name.id for argument in [*scope.node.args.args, *scope.node.args.kwonlyargs])


def _calls(freezer: Freezer | Wrapper, view: ModuleView) -> Iterator[_Event]:
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
            yield _Event(call, scope, given[freezer.session], graph, given[freezer.names], freezer)
            continue
        for name in freezer.ignored & given.keys():
            value = given[name]
            if not isinstance(value, ast.Constant) or (name == freezer.kept and value.value is not None):
                raise Unprovable(NOT_STATIC, f"'{name}' is given to {function.name}", value)
        yield _Event(call, scope, given[freezer.session], None, given[freezer.names])
    if not found:
        raise Unprovable(ELSEWHERE, f"'{function.name}' is only called from elsewhere", function)


def _plan(
    candidate: Candidate, together: list[Candidate], work: _Work, names: list[NodeNames], sessions: KerasSession
) -> SitePlan:
    view = work.view
    called = FreezingNames(
        view.tf,
        view.free("input_node_names"),
        view.free("output_node_names"),
        view.free("freeze_model"),
        view.free("model_graph"),
    )
    changes = Changes(imports=IMPORTS)
    sessions.change(changes)
    computed = False
    for event, found in zip(work.events, names, strict=True):
        target: ast.expr = event.call
        around = view.parents[target]
        while isinstance(around, ast.Call) and target in around.args and len(around.args) == 1:
            if view.symbols.resolve(around.func, event.scope) not in _TIDY:
                break
            target, around = around, view.parents[around]
        text = found.text or f"{called.outputs}({found.model}){found.part}"
        computed |= found.text is None or found.computed is not None
        if event.wrapper is not None:
            changes.expressions[event.call] = event.wrapper.called(event.call, view, found.model, text)
        else:
            changes.expressions[target] = call_text(called.freeze, [found.model, text], depth=target.col_offset // 2)
        for statement in found.gone:
            changes.statements[statement] = ()
        if found.computed is not None:
            changes.expressions[found.computed] = f"{called.outputs}({found.model}){found.part}"
    for wrapper in work.wrappers:
        wrapper.change(changes, called.freeze)
    graphs = sessions.written(changes)
    for graph in graphs:
        changes.expressions[graph] = f"{called.graph}({_only_model(names, graph)})"
    _keep_outputs(work, changes)
    computed |= _other_names(work, names, called, changes)
    _unused_imports(view, changes)
    failing = _moved_names(view, changes)
    rows = {found.rows for found in names}
    if len(rows) > 1:
        raise Unprovable(NOT_STATIC, "model.output[i] and model.outputs[i] are frozen", candidate.call)
    texts = definitions(called, outputs=computed, rows=rows == {True}, graph=bool(graphs))
    if work.freezers:
        function = work.freezers[0].function
        changes.above[function] = texts[:-1]
        changes.statements[function] = texts[-1:]
        for freezer in work.freezers[1:]:
            changes.statements[freezer.function] = ()
    else:
        changes.above[_place(work, changes)] = texts
    return SitePlan(
        RULE,
        Level.NATIVE,
        "becomes a tf.function over the model, frozen with convert_variables_to_constants_v2",
        changes,
        proved=(
            "Keras' session is used for nothing else",
            "the model runs as in inference, and every variable becomes a constant",
        ),
        notes=(*([(RULE, _NAMES_NOTE)] if computed else []), *([(RULE, failing)] if failing is not None else [])),
        regions=frozenset([*(event.scope.node for event in work.events), *work.functions(), *sessions.makers]),
        covers=tuple(one for one in together if one is not candidate),
    )


def _only_model(names: list[NodeNames], node: ast.expr) -> str:
    """The model whose graph is written."""
    models = {found.model for found in names}
    if len(models) > 1:
        raise Unprovable(ELSEWHERE, "the graph that is written has several models", node)
    return models.pop()


def _place(work: _Work, changes: Changes) -> ast.stmt:
    """Where new functions go: above the function that needs them; in a script above all that is no import."""
    view = work.view
    first = min((view.top_level(event.call) for event in work.events), key=lambda node: node.lineno)
    if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return first
    body = [
        node
        for node in view.tree.body
        if not isinstance(node, (ast.Import, ast.ImportFrom)) and changes.statements.get(node) != ()
    ]
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1]
    return body[0]


_NAMES_NOTE = (
    "nodes are called after the model's layers: where layers have no names of their own and come from no file, give "
    "them those of TensorFlow 1, since programs that run the frozen graph use its node names"
)


def _keep_outputs(work: _Work, changes: Changes) -> None:
    """Drops `remove_training_nodes(graph_def)`: there are none, and it would remove the nodes named for the outputs."""
    view = work.view
    inside = {inner for function in work.functions() for inner in ast.walk(function)}
    for node, scope in scoped(view.symbols):
        match node:
            case ast.Call(args=[ast.Name() as graph_def], keywords=[]) if node not in inside:
                if view.symbols.resolve(node.func, scope) != "graph_util.remove_training_nodes":
                    continue
                statement = view.statement(node)
                match statement:
                    case ast.Assign(targets=[ast.Name(id=same)]) if same == graph_def.id and statement.value is node:
                        changes.statements[statement] = ()
                    case _:
                        changes.expressions[node] = graph_def.id


def _other_names(work: _Work, names: list[NodeNames], called: FreezingNames, changes: Changes) -> bool:
    """Replaces what else reads node names; whether it reads those of outputs."""
    view = work.view
    models = {found.model for found in names}
    rewritten = [*changes.nodes(), *(freezer.function for freezer in work.freezers)]
    done = {inner for node in rewritten for inner in ast.walk(node)}
    outputs = False
    for node in ast.walk(view.tree):
        if node in done or not isinstance(node, ast.ListComp):
            continue
        read = comprehension_of_names(node)
        if read is not None and read[0] in models:
            model, end = read
            changes.expressions[node] = f"{called.inputs if end == 'inputs' else called.outputs}({model})"
            outputs |= end == "outputs"
            done |= set(ast.walk(node))
    for node in ast.walk(view.tree):
        tensor = name_of_node(node) if isinstance(node, ast.expr) and node not in done else None
        if tensor is not None and tensor[0] in models:
            model, end, index = tensor
            changes.expressions[node] = f"{called.inputs if end == 'inputs' else called.outputs}({model})[{index}]"  # type: ignore[index]
            outputs |= end == "outputs"
            done |= set(ast.walk(node))
    for node in ast.walk(view.tree):
        if isinstance(node, ast.Attribute) and node.attr == "op" and node not in done:
            raise Unprovable(ELSEWHERE, "it reads the names of nodes that TensorFlow 2's Keras does not have", node)
    return outputs


def _moved_names(view: ModuleView, changes: Changes) -> str | None:
    """Lets the rest of the file run under Keras 3, too; what is told about lines that do not."""
    uses = Uses(view)
    uses.gone |= {node for node, texts in changes.statements.items() if not is_header(texts)}
    moved = Moved(uses)
    changes.expressions = moved.expressions | changes.expressions
    for node in ast.walk(view.tree):
        if isinstance(node, ast.ImportFrom) and node not in changes.statements:
            lines = moved_import(node)
            if lines is not None:
                changes.statements[node] = tuple(lines)
    return moved.note()


def _unused_imports(view: ModuleView, changes: Changes) -> None:
    """Removes imports of Keras' backend that nothing uses any more; those of TensorFlow go by themselves."""
    done = {inner for node in changes.nodes() for inner in ast.walk(node)}
    used = {node.id for node in ast.walk(view.tree) if isinstance(node, ast.Name) and node not in done}
    for node in ast.walk(view.tree):
        match node:
            case ast.ImportFrom(module="keras" | "tf_keras", names=[ast.alias(name="backend", asname=alias)], level=0):
                if (alias or "backend") not in used:
                    changes.statements[node] = ()
            case ast.Import(names=[ast.alias(name="keras.backend" | "tf_keras.backend", asname=str(alias))]):
                if alias not in used:
                    changes.statements[node] = ()
