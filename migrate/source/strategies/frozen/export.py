"""Exports of a frozen graph: a SavedModel whose signatures are functions pruned from it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.emit.helpers import HELPER_IMPORTS, HELPERS, RESTORE_METHOD_NAMES, SET_METHOD_NAMES
from migrate.source.emit.writer import CONTINUED, dictionary
from migrate.source.loaded.roles import Origin, Role
from migrate.source.site_reader import read_site
from migrate.source.sites import CLASSIFY, PREDICT, REGRESS, RUN_TIME, Endpoint, ExportSite, SignatureSource
from migrate.source.strategies.frozen.keys import saved_names
from migrate.source.strategies.frozen.ops import is_initializer
from migrate.source.strategies.frozen.reader import FrozenCode, LoadedGraph
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INIT_OP, INPUT, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

_IDLE = frozenset({"tables_initializer", "initialize_all_tables", "group", "no_op", "get_collection",
                   "get_default_graph"})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class FrozenExport:
    """An export of a frozen graph.

    Attributes:
        candidate: The call.
        site: What it says.
        graph: The graph.
    """

    candidate: Candidate
    site: ExportSite
    graph: LoadedGraph

    def statements(self) -> list[ast.stmt]:
        """The statements of the export itself."""
        steps = [self.site.opened, *self.site.added, self.site.saved]
        return [step.node for step in steps]

    def alive(self) -> list[ast.expr]:
        """The old expressions that the new code takes over."""
        tensors = [
            endpoint.tensor for signature in self.site.signatures for endpoint in signature.inputs + signature.outputs
        ]
        tags = [self.site.tags] if self.site.tags is not None else []
        return [self.site.directory, *tensors, *tags]


def frozen_exports(code: FrozenCode) -> list[FrozenExport]:
    """The exports of a module that write one of its frozen graphs.

    Raises:
        Unprovable: One of them says something that TF2 cannot say.
    """
    found: list[FrozenExport] = []
    view = code.view
    for candidate in view.candidates:
        if candidate.kind not in EXPORTS:
            continue
        try:
            site = _read(candidate, view)
        except Unprovable:
            holders = {code.places.function_of(session) for graph in code.graphs for session in graph.sessions}
            if candidate.scope.node in holders:
                raise
            continue
        origins = [origin for origin in code.roles.of(site.session) if origin.role is Role.SESSION]
        graphs = {graph for origin in origins for graph in _graphs(origin, code)}
        if graphs:
            if len(graphs) > 1 or len(origins) > 1:
                raise Unprovable(ELSEWHERE, "it is not sure which graph is exported", candidate.call)
            export = FrozenExport(candidate, site, graphs.pop())
            _refuse(export, code)
            found.append(export)
    return found


def _read(candidate: Candidate, view: ModuleView) -> ExportSite:
    """What an export says; its keys may be such that only running the code tells them."""
    try:
        return view.export_site(candidate)
    except Unprovable:
        if candidate.call in view.declared or isinstance(candidate.scope.node, ast.ClassDef):
            raise
        return read_site(candidate, view.kinds(candidate.scope), run_time_keys=True)


def _graphs(session: Origin, code: FrozenCode) -> list[LoadedGraph]:
    return [graph for origin in code.contexts.graph_of(session) if (graph := code.graph(origin)) is not None]


def _refuse(export: FrozenExport, code: FrozenCode) -> None:
    site = export.site
    for step in site.added:
        if code.contexts.graphs_at(step.node) != {export.graph.origin}:
            raise Unprovable(ELSEWHERE, "what is exported is the default graph, which is another one here", site.call)
    if len(site.added) != 1 or not isinstance(site.saved.node, ast.Expr):
        raise Unprovable(CONTROL_FLOW, "the export is spread over branches, or its result is used", site.call)
    if site.as_text is not None:
        raise Unprovable(CONTROL_FLOW, "the model is written as text", site.call)
    for op in site.init_ops:
        if not _initializes(op, code):
            raise Unprovable(INIT_OP, "an init op does more than to initialize", op)
    for asset in site.assets:
        if not (isinstance(asset, ast.Call) and code.roles.symbol(asset.func) == "get_collection"):
            raise Unprovable(INIT_OP, "files are exported beside the frozen graph", asset)
    for signature in site.signatures:
        if not signature.inputs or not signature.outputs:
            raise Unprovable(INPUT, f"the signature '{signature.key}' has no inputs, or no outputs", site.call)
        for endpoints in (signature.inputs, signature.outputs):
            if len(endpoints) > 1 and any(isinstance(endpoint.tensor, ast.DictComp) for endpoint in endpoints):
                raise Unprovable(NOT_STATIC, "a dictionary is made of a comprehension and more", site.call)
        for endpoint in signature.inputs + signature.outputs:
            if isinstance(endpoint.tensor, ast.DictComp) and _makes_infos(endpoint.tensor, code):
                raise Unprovable(NOT_STATIC, "a comprehension makes TensorInfos", endpoint.tensor)
        tensors = [ast.dump(endpoint.tensor) for endpoint in signature.inputs]
        keys = [endpoint.key.lower() for endpoint in signature.inputs]
        if len(set(tensors)) < len(tensors) or len(set(keys)) < len(keys):
            raise Unprovable(INPUT, f"two inputs of the signature '{signature.key}' are one for TF2", site.call)
    function = code.places.function_of(site.call)
    for node in export.alive():
        if code.places.function_of(node) is not function:
            raise Unprovable(ELSEWHERE, "a tensor of a signature is got in another function", node)
        for name, value in site.region.names(node):
            if site.saved.env.get(name.id, value) is not value:
                raise Unprovable(CONTROL_FLOW, f"'{name.id}' means something else when the model is written", node)


def _makes_infos(comprehension: ast.DictComp, code: FrozenCode) -> bool:
    """Whether the values of a comprehension are not the tensors themselves."""
    return any(
        isinstance(node, ast.Call) and (code.roles.symbol(node.func) or "").endswith("build_tensor_info")
        for node in ast.walk(comprehension)
    )


def _initializes(op: ast.expr, code: FrozenCode) -> bool:
    match op:
        case ast.Call(args=inner) if code.roles.symbol(op.func) == "group":
            return all(_initializes(one, code) for one in inner)
        case ast.Name():
            place = code.places.place(op)
            given = code.places.given(place) if place is not None else []
            return bool(given) and all(one.value is not None and _initializes(one.value, code) for one in given)
    return is_initializer(op, code.places, code.roles) or (
        isinstance(op, ast.Call) and (code.roles.symbol(op.func) or "").endswith("main_op.main_op")
    )


def dead_statements(exports: list[FrozenExport], code: FrozenCode) -> set[ast.stmt]:
    """Assignments that only served the exports: TensorInfos, signatures, init ops."""
    alive = {node for export in exports for root in export.alive() for node in ast.walk(root)}
    gone: set[ast.AST] = {node for export in exports for root in export.statements() for node in ast.walk(root)}
    gone -= alive
    dead: set[ast.stmt] = set()
    while True:
        places = {code.places.place(node) for node in gone if isinstance(node, ast.Name)}
        new: set[ast.stmt] = set()
        for place in places - {None}:
            assert place is not None
            given = code.places.given(place)
            reads = [
                node
                for _, node in code.places.nodes
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and code.places.place(node) == place
            ]
            setters = {one.statement for one in given}
            if all(_is_idle(one.statement, code, alive) for one in given) and all(
                node in gone or code.view.statement(node) in setters for node in reads
            ):
                new |= {one for one in setters if isinstance(one, ast.stmt)}
        new -= dead | {statement for export in exports for statement in export.statements()}
        if not new:
            return dead
        dead |= new
        gone |= {node for statement in new for node in ast.walk(statement)} - alive


def _is_idle(statement: ast.AST, code: FrozenCode, alive: set[ast.AST]) -> bool:
    """Whether a statement makes a part of an export, and nothing else happens in it but what lives on."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    made = False
    for node in ast.walk(statement.value):
        if isinstance(node, ast.Call) and node not in alive:
            name = code.roles.symbol(node.func)
            lookup = isinstance(node.func, ast.Attribute) and node.func.attr.startswith("get_")
            if name is None and not lookup and not (isinstance(node.func, ast.Name) and node.func.id == "dict"):
                return False
            if name is not None and not name.startswith("saved_model.") and name not in _IDLE:
                return False
            made = made or name is not None
    empty = isinstance(statement.value, ast.Dict)
    return made or empty


def check_statement(tf: str, directory: str) -> str:
    """The check that a builder makes: it never writes over a model."""
    gfile = f"{tf}.io.gfile"
    return (
        f"if {gfile}.exists({directory}) and {gfile}.listdir({directory}):\n"
        f'\traise AssertionError(f"Export directory is not empty: {{{directory}}}")'
    )


def save_statement(tf: str, saved: str, directory: str, entries: list[tuple[str, str]]) -> str:
    """The call of `tf.saved_model.save`.

    Args:
        tf: How TensorFlow is spelled.
        saved: The text of the object that is saved.
        directory: The text of the export directory.
        entries: Text of the key and of the function of each signature.
    """
    lines = [f"{tf}.saved_model.save(", f"\v{saved},", f"\v{directory},", "\vsignatures={"]
    lines += [f"\v\v{key}: {function.replace(chr(10), chr(10) + CONTINUED * 2)}," for key, function in entries]
    return "\n".join([*lines, "\v},", ")"])


def signature_call(graph: str, signature: SignatureSource, texts: dict[ast.expr, str]) -> str:
    """`graph.signature({...}, {...})` for a signature.

    Args:
        graph: How the graph is spelled.
        signature: The signature.
        texts: The text of each of its tensors.
    """
    names = saved_names(signature)

    def entries(endpoints: tuple[Endpoint, ...], keys: dict[str, str]) -> str:
        if len(endpoints) == 1 and isinstance(endpoints[0].tensor, ast.DictComp):
            return texts[endpoints[0].tensor]
        # Both stand three levels deep, in the dictionary of the signatures.
        pairs = [(quoted(keys.get(endpoint.key, endpoint.key)), texts[endpoint.tensor]) for endpoint in endpoints]
        return dictionary(pairs, depth=3, indent=4).replace("\n", f"\n{CONTINUED}")

    return f"{graph}.signature(\n\v{entries(signature.inputs, names)},\n\v{entries(signature.outputs, {})},\n)"


def quoted(key: str) -> str:
    """The text of a key: a Python string, or the expression that gives it at run time."""
    if key.startswith(RUN_TIME):
        return key.removeprefix(RUN_TIME)
    return f'"{key}"' if '"' not in key and "\\" not in key and key.isprintable() else repr(key)


def one_line(text: str, node: ast.expr) -> str:
    """The text of a comprehension without its line breaks, which were made for another place.

    Raises:
        Unprovable: It has comments, or strings that go over several lines.
    """
    if "\n" not in text:
        return text
    strings = (ast.Constant, ast.JoinedStr)
    if "#" in text or any(isinstance(n, strings) and n.lineno != n.end_lineno for n in ast.walk(node)):
        raise Unprovable(NOT_STATIC, "the layout of a comprehension cannot be kept", node)
    joined = re.sub(r"\s*\r?\n\s*", " ", text)
    return re.sub(r",? ([)\]}])", r"\1", re.sub(r"([(\[{]) ", r"\1", joined))


def method_names(tf: str, signatures: tuple[SignatureSource, ...]) -> dict[str, str]:
    """Key and method name, as texts, of the signatures whose method name TF2 does not write."""
    known = {CLASSIFY: f"{tf}.saved_model.CLASSIFY_METHOD_NAME", REGRESS: f"{tf}.saved_model.REGRESS_METHOD_NAME"}
    return {
        quoted(signature.key): known.get(signature.method_name, repr(signature.method_name))
        for signature in signatures
        if signature.method_name != PREDICT
    }


def restored_keys(signatures: tuple[SignatureSource, ...]) -> list[str]:
    """Of each signature whose inputs are saved under other names: its key, and these names with the inputs' keys."""
    found = []
    for signature in signatures:
        names = {name: key for key, name in saved_names(signature).items() if name != key}
        if names:
            entries = ", ".join(f"{quoted(name)}: {quoted(key)}" for name, key in names.items())
            found.append(f"{quoted(signature.key)}: {{{entries}}}")
    return found


def setter(code: FrozenCode) -> str:
    """The name of the function that sets method names."""
    view = code.view
    bound = any("migrate" in scope.bindings for scope in view.symbols.scopes())
    return SET_METHOD_NAMES if view.settings.depend_on_migrate and not bound else RESTORE_METHOD_NAMES


def helper(name: str, tf: str) -> tuple[str | None, list[str]]:
    """The text of a helper function, where it takes one, and the imports it needs."""
    text = HELPERS.get(name)
    return (text.replace("TF", tf) if text is not None else None), HELPER_IMPORTS.get(name, [])
