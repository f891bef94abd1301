"""A module as the strategies see it: its names, its regions, its sites, and the text of its expressions."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Mapping
from copy import copy
from functools import cached_property

import libcst as cst

from migrate.settings import Settings
from migrate.source.candidates import Candidate, candidates
from migrate.source.declared import read_declared
from migrate.source.emit.edits import Edit, replace
from migrate.source.emit.imports import TensorFlowName, tensorflow_name
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.other_names import OtherNames
from migrate.source.emit.respell import Respeller
from migrate.source.export_calls import export_calls
from migrate.source.flow import Region
from migrate.source.inline import inline_choice
from migrate.source.inlining.text import Source
from migrate.source.kinds import Kinds
from migrate.source.segments import Segments
from migrate.source.site_reader import read_site
from migrate.source.sites import ExportSite
from migrate.source.skip import skipped_lines
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import parents
from migrate.source.unprovable import CONTROL_FLOW, NOT_STATIC, Unprovable


class ModuleView:
    """One module, read once; what is costly is only worked out where a strategy asks for it.

    Attributes:
        text: Its source.
        path: Where it is; `-` for text that is in no file.
        tree: Its syntax tree.
        settings: What may be done.
        symbols: What its names mean.
        declared: The calls that stand for exports because users said so.
        export_calls: Calls of functions in other modules that export what they are given, each with what it calls.
        candidates: The calls that may be sites, in the order of the source; those of other modules are among them.
        skipped: Lines that stay as they are.
    """

    def __init__(self, text: str, tree: ast.Module, path: str, settings: Settings) -> None:
        """Reads a module.

        Args:
            text: Its source.
            tree: That source, parsed.
            path: Where it is.
            settings: What may be done.
        """
        self.text = text
        self.path = path
        self.tree = tree
        self.settings = settings
        self.symbols = Symbols(tree)
        self.declared = read_declared(self.symbols, path, settings.wrappers)
        self.export_calls = export_calls(self.symbols, text, path, settings.top)
        found = [*candidates(self.symbols), *self.export_calls]
        self.candidates = sorted(found, key=lambda one: (one.call.lineno, one.call.col_offset))
        self.skipped = skipped_lines(text)
        self._kinds: dict[ast.AST, Kinds] = {}
        self._sites: dict[Candidate, ExportSite | Unprovable] = {}
        self._free: set[str] = set()
        self._as_it_is = False
        self._definitions: dict[tuple[str, Hashable], str] = {}
        self._edits: dict[tuple[int, int], Mapping[cst.CSTNode, Edit]] = {}

    def of(self, text: str) -> ModuleView:
        """The same module with another text, which parses."""
        return ModuleView(text, ast.parse(text), self.path, self.settings)

    def in_session_code(self) -> ModuleView:
        """The same view for new code in a file whose session code stays: `text_of` gives what was written there."""
        _ = self.parents, self._names
        found = copy(self)
        found._as_it_is = True
        return found

    # ---- analysis --------------------------------------------------------------------------------------------

    def kinds(self, scope: Scope) -> Kinds:
        """The region of a function or of the module, and what kind of thing each of its values is."""
        if scope.node not in self._kinds:
            region = Region(self.symbols, scope, inline_choice(self.symbols, scope))
            self._kinds[scope.node] = Kinds(region)
        return self._kinds[scope.node]

    def export_site(self, candidate: Candidate) -> ExportSite:
        """Everything about an export that the source says.

        Raises:
            Unprovable: Where it does not say it, or not surely.
        """
        if candidate not in self._sites:
            try:
                self._sites[candidate] = self._read(candidate)
            except Unprovable as reason:
                self._sites[candidate] = reason
        found = self._sites[candidate]
        if isinstance(found, Unprovable):
            raise found
        return found

    def _read(self, candidate: Candidate) -> ExportSite:
        self.refuse_declared(candidate)
        if isinstance(candidate.scope.node, ast.ClassDef):
            raise Unprovable(CONTROL_FLOW, "the export stands in a class body", candidate.call)
        return read_site(candidate, self.kinds(candidate.scope))

    def refuse_declared(self, candidate: Candidate) -> None:
        """Refuses a declared export whose arguments cannot be read.

        Raises:
            Unprovable: With what is in the way.
        """
        declared = self.declared.get(candidate.call)
        if declared is not None and declared.problem:
            raise Unprovable(NOT_STATIC, declared.problem, candidate.call)

    @cached_property
    def source(self) -> Source:
        """The text, for those who read helpers at their calls: as it is, without what users declared."""
        return Source(self.text, None if self.declared else self.symbols)

    @cached_property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        """The node around each node."""
        return parents(self.tree)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that holds a node."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def top_level(self, node: ast.AST) -> ast.stmt:
        """The statement of the module that holds a node."""
        while not isinstance(self.parents[node], ast.Module):
            node = self.parents[node]
        assert isinstance(node, ast.stmt)
        return node

    # ---- names and text --------------------------------------------------------------------------------------

    @cached_property
    def tensorflow(self) -> TensorFlowName:
        """How new code spells TensorFlow."""
        return tensorflow_name(self.symbols)

    @property
    def tf(self) -> str:
        """The name of TensorFlow in new code for TF2's own behaviour, usually `tf`."""
        return self.tensorflow.name

    def free(self, name: str) -> str:
        """A name that nothing in the module uses yet, `name` itself if it can be; every call gives another one."""
        taken = self._names | self._free
        candidate, count = name, 2
        while candidate in taken:
            candidate, count = f"{name}_{count}", count + 1
        self._free.add(candidate)
        return candidate

    def defined(self, name: str, content: Hashable) -> str:
        """A free name for a definition of the new code; several of the same content have one name.

        Args:
            name: How it is called if that is free.
            content: What tells its text from others.
        """
        key = name, content
        if key not in self._definitions:
            self._definitions[key] = self.free(name)
        return self._definitions[key]

    @cached_property
    def _names(self) -> set[str]:
        found = {name for scope in self.symbols.scopes() for name in scope.bindings}
        return found | {node.id for node in self.symbols.nodes_of_kind(ast.Name)}

    def text_of(self, node: ast.expr) -> str:
        """The text of an expression with the names that TF2 has, for new code under TF2's own behaviour."""
        if self._as_it_is:
            return self.source_of(node)
        target = self.index.expression(node)
        if target is None:
            return ast.unparse(node)
        new = replace(target, self._respelled(node))
        assert isinstance(new, cst.CSTNode)
        return self.index.module.code_for_node(new)

    @cached_property
    def _segments(self) -> Segments:
        return Segments(self.text)

    def source_of(self, node: ast.expr | ast.stmt) -> str:
        """The text of an expression or statement as it is, for new code under TF1's behaviour."""
        return self._segments.of(node) or ast.unparse(node)

    @cached_property
    def index(self) -> SourceIndex:
        """The concrete tree, for those who write.

        Raises:
            Unprovable: Where LibCST does not read what Python reads.
        """
        return SourceIndex(self.text, self.tree)

    def _respelled(self, node: ast.expr) -> Mapping[cst.CSTNode, Edit]:
        """TF2's names in an expression."""
        lines = (node.lineno, node.end_lineno or node.lineno)
        if lines not in self._edits:
            respeller = Respeller(self.index, self.symbols, self.tensorflow.name, modern=self.tensorflow.modern)
            others = OtherNames(self.index, self.symbols, self.tensorflow, respeller, self.skipped)
            self._edits[lines] = others.edits(lines=lines, strict=False)
        return self._edits[lines]
