"""MetaGraphs that are restored and frozen: their values come from the object that stands for the session.

`tf.graph_util.convert_variables_to_constants` asks its session for the values of the variables and does the rest on
GraphDefs. The class that runs MetaGraphDefs without a session (TFM202) gives these values as well.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.results import Level
from migrate.source.arguments import bind
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.loaded.roles import Role
from migrate.source.strategies.bridge_limits import refuse_quantization
from migrate.source.strategies.bridge_notes import gone_notes
from migrate.source.strategies.freezing.keras import CONVERT, PARAMETERS
from migrate.source.strategies.loading.meta_graph import MetaGraphCode, meta_graph_arguments, uuid_name
from migrate.source.strategies.loading.numpy_name import numpy_name
from migrate.source.strategies.loading.tensors import name_texts
from migrate.source.strategies.loading.text import freeze_helper, meta_graph_helper
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, Inapplicable, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM212"
_FRAMEWORK = "from tensorflow.python.framework"
_IMPORTS = (
    f"{_FRAMEWORK}.convert_to_constants import convert_variables_to_constants_from_session_graph",
    f"{_FRAMEWORK}.meta_graph import strip_graph_default_valued_attrs",
)
_CONFIG = "the session's config is dropped: TensorFlow 2 sets devices and threads for the whole process"


def plan_meta_graph(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the MetaGraphs that a function restores and freezes.

    Raises:
        Unprovable: Where it does something else with them.
    """
    if "import_meta_graph" not in view.text:
        raise Inapplicable(ELSEWHERE, "the graph that is frozen is not imported", candidate.call)
    refuse_quantization(view)
    code = FreezingCode(view, ("model", "meta_graph"))
    code.freezes = _freezes(candidate, view)
    imports = _imports(candidate, code)
    if not imports:
        raise Inapplicable(ELSEWHERE, "the graph that is frozen is not imported", candidate.call)
    code.read_imports(imports)
    clears = any("clear_devices" in meta_graph_arguments(call) for call in imports)
    helper, function = view.defined("RestoredGraph", clears), view.defined("freeze_variables", ())
    code.edit_imports(helper)
    code.edit(name_texts(view, code.places, code.roles, code.functions, code.graph_text), code.graph_text)
    for freeze in code.freezes:
        code.changes.expressions[freeze.call.func] = function
    np, np_import = numpy_name(view)
    uuid, uuid_import = uuid_name(view)
    text = meta_graph_helper(helper, view.tf, np, uuid, clear_devices=clears, kept=True)
    first = min((view.top_level(call) for call in imports), key=lambda node: node.lineno)
    changes = Changes(
        code.changes.statements,
        code.changes.expressions,
        code.changes.unwrapped,
        {first: (text, freeze_helper(function, view.tf))},
        (*uuid_import, *np_import, *_IMPORTS),
    )
    return SitePlan(
        RULE,
        Level.WRAPPED,
        "restores the MetaGraphDef in wrap_function, and freezes it with the values of its variables there",
        changes,
        proved=("all that is frozen is the imported graph, with the values that are restored here",),
        notes=(*(((RULE, _CONFIG),) if code.has_config() else ()), *gone_notes(view)),
        regions=frozenset(code.functions),
        covers=tuple(one for one in code.freezes if one is not candidate),
    )


def _freezes(candidate: Candidate, view: ModuleView) -> list[Candidate]:
    """What a function freezes."""
    found = [c for c in view.candidates if c.kind is SiteKind.FREEZE and c.scope.node is candidate.scope.node]
    for one in found:
        if view.symbols.resolve(one.call.func, one.scope) != CONVERT:
            raise Unprovable(ELSEWHERE, "the function freezes in another way, too", one.call)
    return found


def _imports(candidate: Candidate, code: FreezingCode) -> list[ast.Call]:
    """The MetaGraphDefs that its function imports."""
    return [
        node
        for _, node in code.places.nodes
        if isinstance(node, ast.Call)
        and code.roles.symbol(node.func) == "train.import_meta_graph"
        and code.places.function_of(node) is candidate.scope.node
    ]


class FreezingCode(MetaGraphCode):
    """The session code of a function, read for the MetaGraphDefs that it freezes."""

    freezes: Sequence[Candidate] = ()

    def read(self, known: set[ast.AST]) -> None:
        """Takes note of what is frozen, and of all else.

        Raises:
            Unprovable: Another graph is frozen, or only some of the variables.
        """
        for freeze in self.freezes:
            session, graph_def, names, *only = bind(freeze.call, PARAMETERS, required=3)
            assert session is not None and graph_def is not None and names is not None
            if not self.is_mine(session) or not self.roles.is_only(session, Role.SESSION):
                raise Unprovable(ELSEWHERE, "it is not sure which session is frozen", session)
            if any(one is not None and not (isinstance(one, ast.Constant) and one.value is None) for one in only):
                raise Unprovable(NOT_STATIC, "only some of the variables become constants", freeze.call)
            known.add(freeze.call)
        for _, node in self.places.nodes:
            match node:
                case ast.Attribute(value=base, attr="graph_def") if self.is_mine(base):
                    self.changes.expressions[node] = f"{self.names.text(base)}.as_graph_def()"
                    known |= {node, base}
        super().read(known)

    def graph_text(self, node: ast.expr) -> str | None:
        """The object itself, where the code wants the GraphDef; else its graph."""
        parent = self.places.parents[node]
        match self.places.parents.get(parent):
            case ast.Call(func=ast.Attribute(attr="as_graph_def"), args=[], keywords=[]):
                return self.object_near(node)
        if isinstance(parent, ast.Attribute) and parent.attr == "as_graph_def":
            raise Unprovable(NOT_STATIC, "the GraphDef is asked for in a particular way", node)
        return super().graph_text(node)


FREEZE_META_GRAPH = Strategy("freeze_meta_graph", Level.WRAPPED, frozenset({SiteKind.FREEZE}), plan_meta_graph)
