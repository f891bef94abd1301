"""What else changes in a file that freezes Keras models: names of nodes, imports, what Keras 3 has moved."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes, is_header
from migrate.source.scoped import scoped
from migrate.source.strategies.freezing.code import FreezingNames
from migrate.source.strategies.freezing.events import Work
from migrate.source.strategies.freezing.names import NodeNames, comprehension_of_names, name_of_node
from migrate.source.strategies.keras.moved import Moved, moved_import
from migrate.source.strategies.keras.uses import Uses
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView


def keep_outputs(work: Work, changes: Changes) -> None:
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


def other_names(work: Work, names: list[NodeNames], called: FreezingNames, changes: Changes) -> bool:
    """Replaces what else reads node names; whether it reads those of outputs.

    Args:
        work: What is known of the file.
        names: What is frozen.
        called: The names of the new functions.
        changes: Gets the edits.

    Raises:
        Unprovable: Names are read that TF2's Keras does not have.
    """
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


def moved_names(view: ModuleView, changes: Changes) -> str | None:
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


def unused_imports(view: ModuleView, changes: Changes) -> None:
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
