"""The edits that turn the sessions of frozen graphs into calls."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes
from migrate.source.emit.helpers import RESTORE_INPUT_KEYS, RESTORE_TAGS
from migrate.source.loaded.roles import Origin, Role
from migrate.source.loaded.uses import LOOKUPS, Usage
from migrate.source.strategies.frozen.behind import FrozenBehind
from migrate.source.strategies.frozen.eager import eager_session
from migrate.source.strategies.frozen.export import (
    FrozenExport,
    check_statement,
    dead_statements,
    frozen_exports,
    helper,
    method_names,
    one_line,
    quoted,
    restored_keys,
    save_statement,
    setter,
    signature_call,
)
from migrate.source.strategies.frozen.ops import WRITERS, added_ops
from migrate.source.strategies.frozen.text import spliced
from migrate.source.strategies.frozen.written_class import class_text
from migrate.source.strategies.loading.dropped_config import dropped_config
from migrate.source.strategies.loading.numpy_name import numpy_name
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable


class FrozenEdits(FrozenBehind):
    """Makes the edits of one module."""

    def changes(self) -> Changes:
        """The edits.

        Raises:
            Unprovable: Where a graph or session is used in a way that has no equal.
        """
        for graph in self.code.graphs:
            self._refuse_repeated(graph)
        self.exports = frozen_exports(self.code)
        self._bury(self.exports)
        self._find_replaced()
        for use in self.code.uses:
            self._use(use)
        for graph in self.code.graphs:
            for session in graph.sessions:
                self._session(session)
            self._made(graph)
        self._evaluations()
        self._dimensions()
        kept = self._kept_contexts()
        for graph in self.code.graphs:
            self._imported(graph)
        for export in self.exports:
            self._export(export)
        self._other_sessions()
        self._configuration()
        self._refuse_lost()
        return self._result(kept)

    def _result(self, kept: set[ast.With]) -> Changes:
        self._put_behind()
        if kept or self._behind:
            self._methods.add("as_default")
        first = min((graph.statement for graph in self.code.graphs), key=lambda statement: statement.lineno)
        np, imports = numpy_name(self.view) if self.runs else ("", ())
        text = self._class_text(np)
        removed = {inner for statement in self._statements for inner in ast.walk(statement)}
        unwrapped = self._withs - kept
        headers = {node for with_ in unwrapped for item in with_.items for node in ast.walk(item)}
        outer = {node for expression in self._texts for node in ast.walk(expression) if node is not expression}
        gone = removed | headers | outer
        top = self.view.top_level(first)
        above = {**self._above, top: (*self._helpers, text, *self._above.get(top, ()))}
        return Changes(
            statements=self._statements,
            expressions={node: text for node, text in self._texts.items() if node not in gone},
            unwrapped={*unwrapped, *self._unwrapped},
            above=above,
            imports=(*imports, *self._imports),
        )

    def _class_text(self, np: str) -> str:
        """The definition of the class, which spells NumPy in a way."""
        return class_text(
            self._class,
            self.view.tf,
            np,
            self._methods,
            elements=self._elements,
            called=self.runs,
            exported=bool(self.exports),
        )

    # ---- exports ---------------------------------------------------------------------------------------------

    def _saved(self, _graph: str) -> str:
        """What is saved along with the signatures of a graph: a frozen one has nothing else."""
        return f"{self.view.tf}.Module()"

    def _bury(self, exports: list[FrozenExport]) -> None:
        """What only serves the exports goes; the tensors and the directory live on in the new code."""
        alive = {node for export in exports for root in export.alive() for node in ast.walk(root)}
        for statement in dead_statements(exports, self.code):
            self._statements[statement] = ()
            self._buried |= set(ast.walk(statement)) - alive
        for export in exports:
            for statement in export.statements():
                self._buried |= set(ast.walk(statement)) - alive

    def _export(self, export: FrozenExport) -> None:
        """The check where the builder was made, the save where it saved."""
        site, tf = export.site, self.view.tf
        self.touched.add(self.places.function_of(site.call))
        graph = self._text(site.session)
        directory, before = spliced(site.directory, self._texts, self.view), []
        if not isinstance(site.directory, ast.Name):
            name = self.view.free("export_dir")
            before, directory = [f"{name} = {directory}"], name
        entries = []
        for signature in site.signatures:
            tensors = {e.tensor: self._tensor_text(e.tensor) for e in signature.inputs + signature.outputs}
            entries.append((quoted(signature.key), signature_call(graph, signature, tensors)))
        made = [save_statement(tf, self._saved(graph), directory, entries)]
        if self._tensors:
            lines = "\n\t".join(text.replace("\n", "\n\t") for text in self._tensors)
            made.insert(0, f"with {graph}.as_default():\n\t{lines}")
            self._methods.add("as_default")
            self._tensors = []
        restored = method_names(tf, site.signatures)
        if restored:
            inner = "".join(f"\v{key}: {value},\n" for key, value in restored.items())
            made.append(f"{setter(self.code)}({directory}, {{\n{inner}}})")
            self._need(setter(self.code))
        keys = restored_keys(site.signatures)
        if keys:
            inner = "".join(f"\v{entry},\n" for entry in keys)
            made.append(f"{RESTORE_INPUT_KEYS}({directory}, {{\n{inner}}})")
            self._need(RESTORE_INPUT_KEYS)
        if site.tags is not None:
            made.append(f"{RESTORE_TAGS}({directory}, {spliced(site.tags, self._texts, self.view)})")
            self._need(RESTORE_TAGS)
        check = check_statement(tf, directory)
        if site.opened is site.saved:
            self._statements[site.saved.node] = (*before, check, *made)
            return
        self._statements[site.opened.node] = (*before, check)
        for step in site.added:
            self._statements[step.node] = ()
        self._statements[site.saved.node] = tuple(made)

    def _need(self, name: str) -> None:
        """Brings a helper function along."""
        text, imports = helper(name, self.view.tf)
        self._helpers += [text] if text is not None and text not in self._helpers else []
        self._imports += [line for line in imports if line not in self._imports]

    def _tensor_text(self, tensor: ast.expr) -> str:
        if not self.roles.is_only(tensor, Role.TENSOR):
            raise Unprovable(ELSEWHERE, "a tensor of a signature is not one of the graph's", tensor)
        text = spliced(tensor, self._texts, self.view)
        if tensor not in self._inline:
            return one_line(text, tensor) if isinstance(tensor, ast.DictComp) else text
        if isinstance(tensor, ast.DictComp):
            raise Unprovable(NOT_STATIC, "ops are added in a comprehension of a signature", tensor)
        name = self.view.free("tensor")
        self._tensors.append(f"{name} = {text}")
        return name

    # ---- the rest --------------------------------------------------------------------------------------------

    def _evaluations(self) -> None:
        """`tensor.eval(...)`, which runs the default session."""
        for _, node in self.places.nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=base, attr="eval")) if self.roles.is_only(base, Role.TENSOR):
                    given = {keyword.arg: keyword.value for keyword in node.keywords}
                    given |= dict(zip(("feed_dict", "session"), node.args, strict=False))
                    session = given.get("session") or self.contexts.session_at(node)
                    if session is None:
                        raise Unprovable(ELSEWHERE, "a tensor is evaluated in a session that is not seen", node)
                    feed = given.get("feed_dict")
                    self._fed(feed)
                    self.runs = True
                    text = f"{self._text(session)}({spliced(base, self._texts, self.view)}"
                    if feed is not None:
                        text += f", {spliced(feed, self._texts, self.view)}"
                    self._texts[node] = text + ")"
                    self.touched.add(self.places.function_of(node))

    def _dimensions(self) -> None:
        """`tensor.shape[1].value`: what TF2 has for a dimension is an int, or None."""
        for _, node in self.places.nodes:
            match node:
                case ast.Attribute(attr="value", value=ast.Subscript(value=shape) as dimension, ctx=ast.Load()):
                    if self._is_shape(shape):
                        self._texts[node] = spliced(dimension, self._texts, self.view)

    def _is_shape(self, node: ast.expr) -> bool:
        match node:
            case (
                ast.Attribute(value=base, attr="shape")
                | ast.Call(func=ast.Attribute(value=base, attr="get_shape"), args=[], keywords=[])
            ):
                return self.roles.is_only(base, Role.TENSOR)
            case ast.Name():
                place = self.places.place(node)
                given = self.places.given(place) if place is not None else []
                return bool(given) and all(
                    one.value is not None and not one.path and not one.element and self._is_shape(one.value)
                    for one in given
                )
        return False

    def _kept_contexts(self) -> set[ast.With]:
        """The `with graph.as_default()` blocks that add ops to a graph: they stay."""
        kept: set[ast.With] = set()
        for op in added_ops(self.code, self.touched):
            if op in self._buried:
                continue
            found = self._context(op)
            if found is None:
                raise Unprovable(ELSEWHERE, "ops are added to the graph, or run beside it", op)
            kept |= found
        for with_ in self._withs:
            for item in with_.items:
                if not self._is_own(item):
                    raise Unprovable(CONTROL_FLOW, "a with statement enters something else together with it", with_)
        return kept

    def _is_own(self, item: ast.withitem) -> bool:
        return any(use.usage is Usage.ENTER and use.node is item for use in self.code.uses)

    def _context(self, op: ast.AST) -> set[ast.With] | None:
        blocks = self._kept_around(op)
        return blocks if blocks is not None else self._behind_graph(op)

    def _kept_around(self, op: ast.AST) -> set[ast.With] | None:
        """The blocks that make a graph the default one for some code: around it, or around all calls of its function."""
        node = op
        while node in self.places.parents:
            node = self.places.parents[node]
            if isinstance(node, ast.With) and node in self._withs and self._can_stay(node):
                return {node}
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                break
        function = self.places.function_of(op)
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        callers = self.places.callers(function)
        found = [self._kept_around(caller.call) for caller in callers]
        if not found or self.places.escapes(function) or any(one is None for one in found):
            return None
        return {with_ for one in found if one is not None for with_ in one}

    def _can_stay(self, with_: ast.With) -> bool:
        imports = {graph.call for graph in self.code.graphs}
        match with_.items:
            case [ast.withitem(context_expr=ast.Call(func=ast.Attribute(value=base)), optional_vars=None)]:
                return Role.GRAPH in self.roles.roles(base) and not any(node in imports for node in ast.walk(with_))
        return False

    def _other_sessions(self) -> None:
        for session in self.code.other_sessions:
            origins = self.contexts.graph_of(Origin(Role.SESSION, session))
            if all(origin.node is not None for origin in origins):
                continue
            place, parent = self._target(session), self.places.parents[session]
            if place in self._replaced and isinstance(parent, ast.Assign):
                self._statements[parent] = ()
                continue
            changes = eager_session(session, self.code)
            self._statements |= changes.statements
            self._texts |= changes.expressions
            self._unwrapped |= changes.unwrapped
            self.touched.add(self.places.function_of(session))

    def _refuse_lost(self) -> None:
        """A call that can only be one of a session or graph, and is not known to be one, could be of these."""
        for _, node in self.places.nodes:
            if isinstance(node, ast.Call) and self.roles.symbol(node.func) in WRITERS:
                raise Unprovable(ELSEWHERE, "a summary writer is made, which needs a graph as the default one", node)
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            base, method = node.func.value, node.func.attr
            if method in LOOKUPS:
                wanted = Role.GRAPH
            elif method == "run" and (
                "sess" in ast.unparse(base).lower() or any(k.arg in ("feed_dict", "fetches") for k in node.keywords)
            ):
                wanted = Role.SESSION
            else:
                continue
            if wanted not in self.roles.roles(base):
                what = "graph" if wanted is Role.GRAPH else "session"
                raise Unprovable(ELSEWHERE, f"it cannot be seen where a {what} comes from", node)

    def _configuration(self) -> None:
        """Removes settings that only sessions had."""
        sessions = [session for graph in self.code.graphs for session in graph.sessions]
        gone = {node for statement in self._statements for node in ast.walk(statement)}
        sessions += [session for session in self.code.other_sessions if session in gone]
        for statement in dropped_config(self.places, self.view.symbols, sessions):
            self._statements[statement] = ()
