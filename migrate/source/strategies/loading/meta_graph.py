"""MetaGraphDefs: `tf.train.import_meta_graph`, `saver.restore`, and tensors by name.

TensorFlow 2 imports a MetaGraphDef in `wrap_function`; its own ops restore the variables, and pruned functions compute
what the session ran.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.loaded.roles import Role
from migrate.source.strategies.bridge_notes import gone_notes
from migrate.source.strategies.loading.code import LoadingCode
from migrate.source.strategies.loading.numpy_name import numpy_name
from migrate.source.strategies.loading.tensors import name_texts
from migrate.source.strategies.loading.text import meta_graph_helper
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM202"

_PARAMETERS = ("meta_graph_or_file", "clear_devices", "import_scope")
_CONFIG = "the session's config is dropped: TensorFlow 2 sets devices and threads for the whole process"


def plan_meta_graph(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of all the MetaGraphDefs that a module imports and runs.

    Raises:
        Unprovable: Where it does something else with them.
    """
    imports = [other for other in view.candidates if other.kind is SiteKind.META_GRAPH]
    code = MetaGraphCode(view, ("model", "meta_graph"))
    code.read_imports([other.call for other in imports])
    helper = view.free("MetaGraph")
    code.edit_imports(helper)
    code.edit(name_texts(view, code.places, code.roles, code.functions, code.graph_text), code.graph_text)
    if not code.runs:
        raise Unprovable(ELSEWHERE, "what the session runs is not in this file", candidate.call)
    np, np_import = numpy_name(view)
    uuid, uuid_import = uuid_name(view)
    first = min((view.top_level(other.call) for other in imports), key=lambda node: node.lineno)
    text = meta_graph_helper(helper, view.tf, np, uuid, clear_devices=code.clears_devices)
    changes = Changes(
        code.changes.statements,
        code.changes.expressions,
        code.changes.unwrapped,
        {first: (text,)},
        (*uuid_import, *np_import),
    )
    return SitePlan(
        RULE,
        Level.WRAPPED,
        "imports the MetaGraphDef in wrap_function, restores its variables, and prunes it to the tensors that are run",
        changes,
        proved=("what is fed takes the dtype of its tensor, and the results are NumPy arrays, as in a session",),
        notes=(*(((RULE, _CONFIG),) if code.has_config() else ()), *gone_notes(view)),
        regions=frozenset(code.functions),
        covers=tuple(other for other in imports if other is not candidate),
    )


class MetaGraphCode(LoadingCode):
    """The session code of a module, read for its MetaGraphDefs."""

    clears_devices = False

    def read_imports(self, imports: list[ast.Call]) -> None:
        """Finds what restores each of the MetaGraphDefs, and all that is done with their sessions."""
        self.imports = imports
        self.restores: dict[ast.Call, list[ast.Call]] = {}
        known: set[ast.AST] = set(imports)
        for call in imports:
            last = call.end_lineno or call.lineno
            if any(line in self.view.skipped for line in (0, *range(call.lineno, last + 1))):
                raise Unprovable(CONTROL_FLOW, "another MetaGraphDef of the file is to stay as it is", call)
            restores = self._restores(call)
            self.load(restores[0], restores[0].args[0])
            made = {origin.node for origin in self.roles.of(restores[0].args[0])}
            for restore in restores[1:]:
                if {origin.node for origin in self.roles.of(restore.args[0])} != made:
                    raise Unprovable(ELSEWHERE, "its variables are restored into several sessions", restore)
            self.restores[call] = restores
            known |= {part for restore in restores for part in (restore, restore.args[0])}
        self.value_calls = frozenset(restore for restores in self.restores.values() for restore in restores)
        self.made_by = frozenset(imports)
        self.read(known)

    def _restores(self, call: ast.Call) -> list[ast.Call]:
        """The calls that restore a MetaGraphDef's variables."""
        found: list[ast.Call] = []
        for _, node in self.places.nodes:
            if not isinstance(node, ast.expr) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                continue
            if not any(origin.node is call for origin in self.roles.of(node)):
                continue
            parent = self.places.parents[node]
            match parent:
                case ast.Assign(targets=[ast.Name() | ast.Attribute()]) | ast.Expr():
                    continue
                case ast.Attribute(attr="restore"):
                    outer = self.places.parents[parent]
                    if isinstance(outer, ast.Call) and self.roles.is_only(node, Role.SAVER):
                        found.append(outer)
                        continue
            raise Unprovable(ELSEWHERE, "the saver of the MetaGraphDef does more than restore", node)
        if not found:
            raise Unprovable(ELSEWHERE, "nothing in this file restores its variables", call)
        function = self.places.function_of(call)
        for restore in found:
            if len(restore.args) != 2 or restore.keywords or not isinstance(self.places.parents[restore], ast.Expr):
                raise Unprovable(NOT_STATIC, "the arguments of the restore are not written out", restore)
            if self.places.function_of(restore) is not function or restore.lineno < call.lineno:
                reason = "the MetaGraphDef is imported in one function and restored in another"
                raise Unprovable(ELSEWHERE, reason, call)
            assert isinstance(restore.func, ast.Attribute)
            if {origin.node for origin in self.roles.of(restore.func.value)} - {call}:
                raise Unprovable(NOT_STATIC, "it is not sure which MetaGraphDef is restored", restore)
        around: ast.AST = call
        while around is not function:
            around = self.places.parents[around]
            if isinstance(around, ast.Try):
                raise Unprovable(CONTROL_FLOW, "the import stands in a try statement, and its errors change", call)
        return sorted(found, key=lambda restore: restore.lineno)

    def edit_imports(self, helper: str) -> None:
        """The statements that import and restore.

        Args:
            helper: The name of the class.
        """
        for call, (restore, *others) in self.restores.items():
            given = meta_graph_arguments(call)
            texts = [self.view.text_of(given["meta_graph_or_file"])]
            if "clear_devices" in given:
                self.clears_devices = True
                texts.append(f"clear_devices={self.view.text_of(given['clear_devices'])}")
            if Role.META_GRAPH in self.roles.roles(given["meta_graph_or_file"]):
                raise Unprovable(ELSEWHERE, "the MetaGraphDef is not read from a file", call)
            model = self.names.text(self.session(restore.args[0]))
            made = f"{model} = {helper}({', '.join(texts)})"
            restored = f"{model}.restore({self.view.text_of(restore.args[1])})"
            for other in others:
                text = f"{self.names.text(self.session(other.args[0]))}.restore({self.view.text_of(other.args[1])})"
                self.replace(self.view.statement(other), text)
            statement = self.view.statement(call)
            match statement:
                case ast.Assign(targets=[ast.Name() | ast.Attribute()], value=value) if value is call:
                    self.replace(statement, made)
                    self.replace(self.view.statement(restore), restored)
                case ast.Expr(value=value) if value is restore:
                    self.changes.statements[statement] = (made, restored)
                case _:
                    raise Unprovable(CONTROL_FLOW, "the MetaGraphDef is imported within an expression", call)

    def graph_text(self, node: ast.expr) -> str | None:
        """The graph at a place, for its collections."""
        model = self.object_near(node)
        return f"{model}.graph" if model is not None else None


def meta_graph_arguments(call: ast.Call) -> dict[str, ast.expr]:
    """The arguments of an import of a MetaGraphDef, by name.

    Raises:
        Unprovable: They are not written out, or ask for more than the graph.
    """
    if any(isinstance(argument, ast.Starred) for argument in call.args) or len(call.args) > len(_PARAMETERS):
        raise Unprovable(NOT_STATIC, "the arguments of the import are not written out", call)
    found = dict(zip(_PARAMETERS, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in _PARAMETERS:
            raise Unprovable(NOT_STATIC, "the import has options", call)
        found[keyword.arg] = keyword.value
    if isinstance(scope := found.pop("import_scope", None), ast.expr):
        if not (isinstance(scope, ast.Constant) and not scope.value):
            raise Unprovable(NOT_STATIC, "the import puts the graph into a name scope", call)
    if "meta_graph_or_file" not in found:
        raise Unprovable(NOT_STATIC, "the import names no file", call)
    return found


def uuid_name(view: ModuleView) -> tuple[str, tuple[str, ...]]:
    """The name that the module `uuid` has at the top level of a module, and the import it needs to have one."""
    for name in view.symbols.module.bindings:
        owner = view.symbols.qualified(ast.Name(name, ast.Load()), view.symbols.module)
        if owner == "uuid":
            return name, ()
    name = view.defined("uuid", "uuid")
    return name, ("import uuid" if name == "uuid" else f"import uuid as {name}",)


META_GRAPH = Strategy("meta_graph", Level.WRAPPED, frozenset({SiteKind.META_GRAPH}), plan_meta_graph)
