"""The class that takes the session's place: what it does beside saving, and where it stands."""

from __future__ import annotations

import ast
import re

from migrate.source import api
from migrate.source.arguments import bind
from migrate.source.changes import Changes
from migrate.source.emit.helpers import (
    RESTORE_METHOD_NAMES,
    SET_METHOD_NAMES,
)
from migrate.source.sites import PREDICT
from migrate.source.strategies.wrapping.class_text import CLASS, Saving, class_text
from migrate.source.strategies.wrapping.live_class import of_live_session
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.strategies.wrapping.place import find_place
from migrate.source.strategies.wrapping.saving_helpers import saving_helpers
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.strategies.wrapping.table_text import CLASS as TABLE_CLASS
from migrate.source.strategies.wrapping.table_text import IMPORT as UUID_IMPORT
from migrate.source.strategies.wrapping.table_text import table_class
from migrate.source.strategies.wrapping.traits import changes_state
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

_CONTEXT = "from tensorflow.python.eager import context"


def add_class(name: str, saving: Saving, code: SessionCode, changes: Changes) -> None:
    """The class, and what it needs, above the statement of the module that exports."""
    view = code.view
    texts, imports = _class_texts(name, saving, code)
    top = view.top_level(code.statement)
    if code.whole:
        top = min((view.top_level(export.statement) for export in code.exports), key=lambda one: one.lineno)
    elif isinstance(code.scope.node, ast.Module):
        top = view.top_level(find_place(code).first)
    changes.above[top] = (*texts, *changes.above.get(top, ()))
    changes.imports = (*changes.imports, *imports)


def _class_texts(name: str, saving: Saving, code: SessionCode) -> tuple[list[str], list[str]]:
    """The text of the class and of the functions that it needs, and their imports."""
    view = code.view
    bound = any("context" in scope.bindings for scope in view.symbols.scopes()) and _CONTEXT not in view.text
    context = "eager_context" if bound else "context"
    imports = [f"{_CONTEXT} as {context}" if bound else _CONTEXT]
    texts, needed = saving_helpers(saving, view.tf)
    imports += needed
    if saving.tables is not None:
        taken = any("uuid" in scope.bindings for scope in view.symbols.scopes())
        uuid = "table_uuid" if taken else "uuid"
        imports.append(f"{UUID_IMPORT} as {uuid}" if taken else UUID_IMPORT)
        texts.append(table_class(saving.tables, view.tf, uuid))
    text = class_text(name, view.tf, context, saving)
    texts.append(of_live_session(text, view.tf) if code.live else text)
    return texts, imports


def has_class(code: SessionCode, saving: Saving) -> bool:
    """Whether the module has that class already, because another export of it is wrapped."""
    tree = code.view.tree
    if not any(isinstance(node, ast.ClassDef) and node.name == CLASS for node in tree.body):
        return False
    texts, _ = _class_texts(CLASS, saving, code)
    wanted = {ast.dump(ast.parse(re.sub(r"[\t\v]", "    ", text)).body[0]) for text in texts}
    return wanted <= {ast.dump(node) for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}


def saving_of(code: SessionCode, *, tables: bool = False, references: bool = False, batches: bool = False) -> Saving:
    """What the class's `save` does beside saving."""
    view = code.view
    setter: str | None = None
    if not _is_all_predict(view):
        taken = any("migrate" in scope.bindings for scope in view.symbols.scopes())
        setter = SET_METHOD_NAMES if view.settings.depend_on_migrate and not taken else RESTORE_METHOD_NAMES
    tagged = {export.tags is not None for export in code.exports}
    assets = any(export.assets is not None for export in code.exports)
    return Saving(
        setter,
        keys=any(export.other_keys for export in code.exports),
        tags=None if len(tagged) > 1 else tagged == {True},
        text=any(export.as_text is not None for export in code.exports),
        path=any(export.path is not None for export in code.exports),
        assigned=changes_state(view.symbols),
        tables=view.defined(TABLE_CLASS, ()) if tables or assets else None,
        assets=assets,
        references=references,
        batches=batches,
    )


def _is_all_predict(view: ModuleView) -> bool:
    """Whether each SignatureDef that the file makes is for predict, and it makes those that it exports."""
    made = False
    for scope, node in nodes_of(view.symbols.module, view.symbols, inner=True):
        if not isinstance(node, ast.Call):
            continue
        name = (view.symbols.resolve(node.func, scope) or "").rpartition(".")[2]
        if name in ("predict_signature_def", "simple_save"):
            made = True
        elif name == "build_signature_def":
            made = True
            try:
                method = bind(node, ("inputs", "outputs", "method_name", "defaults"), required=0)[2]
            except Unprovable:
                return False
            known = view.symbols.resolve(method, scope) if method is not None else None
            value = method.value if isinstance(method, ast.Constant) else api.constant_value(known) if known else None
            if value != PREDICT:
                return False
        elif name in ("classification_signature_def", "regression_signature_def"):
            return False
    return made
