"""Files that are frozen by `freeze_graph`: TensorFlow 2 still has the tool, which wants a graph of its own.

What it writes has attributes that TensorFlow 1 does not know, at their default values; a function of the new code leaves
them out.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.mode import graph_code
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, MODE, NOT_STATIC, Inapplicable, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM219"
FILES = "python.tools.freeze_graph.freeze_graph"
MESSAGE = "TensorFlow's tool freezes the files in a tf.Graph of its own, and writes what TensorFlow 1 can read"
_FUNCTION = "freeze_files"
_TOOL = "freeze_tool"
_POSITIONAL = 12
"""The arguments of TF1's function that the new one takes by their place."""
_STRIP = "from tensorflow.python.framework.meta_graph import strip_graph_default_valued_attrs"


def plan_files(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of a call that freezes files, where the module builds no graph itself.

    Raises:
        Unprovable: It does, or the arguments cannot be told.
    """
    if view.symbols.resolve(candidate.call.func, candidate.scope) != FILES:
        raise Inapplicable(ELSEWHERE, "it freezes a session", candidate.call)
    builds = graph_code(view.symbols, (), entered=True)
    if builds is not None:
        raise Unprovable(MODE, "the file also builds a graph", builds)
    changes = Changes()
    add_files(candidate, view, changes, candidate.call)
    return SitePlan(
        RULE,
        Level.WRAPPED,
        MESSAGE,
        changes,
        proved=("the tool takes the arguments of TensorFlow 1's, and nothing else needs the graph",),
    )


def add_files(candidate: Candidate, view: ModuleView, changes: Changes, above: ast.AST) -> None:
    """Adds the edits of a call that freezes files.

    Args:
        candidate: The call.
        view: The module.
        changes: Gets the edits.
        above: What the function must stand above of.

    Raises:
        Unprovable: The arguments cannot be told.
    """
    call = candidate.call
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        raise Unprovable(NOT_STATIC, "its arguments are passed on with * or **", call)
    if len(call.args) > _POSITIONAL:
        raise Unprovable(NOT_STATIC, "its arguments have no names", call.args[_POSITIONAL])
    name, tool = view.defined(_FUNCTION, ()), view.defined(_TOOL, ())
    changes.expressions[call.func] = name
    changes.imports = (*changes.imports, f"from tensorflow.python.tools import freeze_graph as {tool}", _STRIP)
    top = view.top_level(above)
    changes.above[top] = (*changes.above.get(top, ()), _function(name, tool, view.tf))


def _function(name: str, tool: str, tf: str) -> str:
    """The function, in the marks of `Changes`."""
    needed = (
        "input_graph",
        "input_saver",
        "input_binary",
        "input_checkpoint",
        "output_node_names",
        "restore_op_name",
        "filename_tensor_name",
        "output_graph",
        "clear_devices",
        "initializer_nodes",
    )
    return "\n".join(
        [
            f"def {name}(",
            *(f"\v{one}," for one in needed),
            '\vvariable_names_whitelist="",',
            '\vvariable_names_blacklist="",',
            "\v**options,",
            "):",
            '\t"""Freezes a graph and a checkpoint with TensorFlow\'s tool; TensorFlow 1 can read the result."""',
            f"\twith {tf}.Graph().as_default():",
            f"\t\tgraph_def = {tool}.freeze_graph(",
            *(f"\t\t\v{one if one != 'output_graph' else chr(34) * 2}," for one in needed),
            "\t\t\vvariable_names_whitelist=variable_names_whitelist,",
            "\t\t\vvariable_names_denylist=variable_names_blacklist,",
            "\t\t\v**options,",
            "\t\t)",
            "\t# Programs on TensorFlow 1 do not know what nodes have got since.",
            f"\tmeta_graph = {tf}.compat.v1.MetaGraphDef(graph_def=graph_def)",
            "\tstrip_graph_default_valued_attrs(meta_graph)",
            "\tfor node in meta_graph.graph_def.node:",
            '\t\tnode.ClearField("experimental_type")',
            "\tif output_graph:",
            f'\t\twith {tf}.io.gfile.GFile(output_graph, "wb") as f:',
            "\t\t\tf.write(meta_graph.graph_def.SerializeToString())",
            "\treturn meta_graph.graph_def",
        ]
    )


FREEZE_FILES = Strategy("freeze_files", Level.WRAPPED, frozenset({SiteKind.FREEZE}), plan_files)
