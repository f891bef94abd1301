"""Puts the new code into the file: classes, rebuilt functions, names, imports."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

import libcst as cst

from migrate.source.emit.edits import Edit, replace
from migrate.source.emit.helpers import HELPER_IMPORTS, HELPERS
from migrate.source.emit.imports import RespellImports, TensorFlowName, drop_unused
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.insert import with_imports
from migrate.source.emit.local_imports import without_local
from migrate.source.emit.module_class import ClassWriter
from migrate.source.emit.other_names import OtherNames
from migrate.source.emit.remainder import Remainder
from migrate.source.emit.respell import Names, Respeller
from migrate.source.emit.same_nodes import SAME_NODES
from migrate.source.emit.spelling import Home
from migrate.source.emit.undefined import refuse_undefined
from migrate.source.emit.writer import Writer, blank, leading, with_leading
from migrate.source.flow import Region
from migrate.source.kinds import Kinds
from migrate.source.strategies.plan import NativePlan
from migrate.source.symbols import Symbols
from migrate.source.syntax import walk
from migrate.source.tf1.text import with_tf1


def emit(
    index: SourceIndex,
    symbols: Symbols,
    plans: Sequence[NativePlan],
    tensorflow: TensorFlowName,
    skipped: Collection[int] = (),
    *,
    with_migrate: bool = False,
) -> str:
    """The text of a module with the plans carried out.

    Args:
        index: The module's concrete tree.
        symbols: Its names.
        plans: Plans of different regions or different graphs.
        tensorflow: How the new code spells TensorFlow.
        skipped: Lines that stay as they are.
        with_migrate: Whether the new code may import `migrate`; else it brings helpers of its own.

    Raises:
        Unprovable: Where code that has to move has no TF2 spelling.
    """
    return _FileWriter(index, symbols, plans, tensorflow, frozenset(skipped), with_migrate=with_migrate).write()


class _FileWriter:
    def __init__(
        self,
        index: SourceIndex,
        symbols: Symbols,
        plans: Sequence[NativePlan],
        tensorflow: TensorFlowName,
        skipped: frozenset[int],
        *,
        with_migrate: bool,
    ) -> None:
        self.skipped = skipped
        self.symbols = symbols
        # Where the name means something else in the file, a helper of its own is the simplest way out.
        self.with_migrate = with_migrate and not any("migrate" in scope.bindings for scope in symbols.scopes())
        self.plans = plans
        self.tensorflow = tensorflow
        self.index = index
        self.writer = Writer(self.index.module)
        losses = all(plan.training is not None for plan in plans)
        self.respeller = Respeller(
            self.index,
            symbols,
            tensorflow.name,
            modern=tensorflow.modern,
            losses=losses,
            same_nodes=SAME_NODES in self.index.module.code,
        )

    def write(self) -> str:
        edits: dict[cst.CSTNode, Edit] = {}
        inserted: dict[int, list[cst.BaseStatement]] = {}
        helpers: set[str] = set()
        body: list[cst.BaseStatement] | None = None
        class_at = 0
        for plan in self.plans:
            for function in (plan.kinds.region.scope.node, *plan.helpers):
                if isinstance(function, ast.stmt):
                    self.index.read(function)
        edits |= self._other_names()
        for plan in self.plans:
            self._helper_functions(plan, edits)
        for plan in self.plans:
            class_writer = ClassWriter(plan, self.respeller, self.writer)
            made = class_writer.write()
            remainder = Remainder(
                plan, class_writer, self.respeller, self.writer, dict(edits), with_migrate=self.with_migrate
            )
            rebuilt = remainder.rebuild()
            helpers |= remainder.helpers
            node = plan.kinds.region.scope.node
            if isinstance(node, ast.Module):
                body, class_at = rebuilt, remainder.class_at
                inserted.setdefault(-1, []).append(made)
            else:
                assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                self._function(node, rebuilt, edits)
                inserted.setdefault(self._top_level(node), []).append(made)
        module = self._assemble(edits, inserted, body, class_at, helpers)
        if self.tensorflow.respell:
            module = module.visit(RespellImports(self.tensorflow.name))
        code = module.code
        after = ast.parse(code)
        lean = self._without_helpers(module, after)
        if lean is not module:
            code = lean.code
            after = ast.parse(code)
        new = Symbols(after)
        refuse_undefined(self.symbols, new)
        slim = drop_unused(lean, self.symbols, after)
        code = with_tf1(code, new) if slim is lean else with_tf1(slim.code)
        return without_local(code, self.index.module.code, self.tensorflow.name) if self.tensorflow.add else code

    def _without_helpers(self, module: cst.Module, tree: ast.Module) -> cst.Module:
        """Drops functions of the file that only made signatures or assets for what is rewritten, and that nothing calls now.

        Only private ones, or those of a script: another module may use the rest.
        """
        used = {node.id for node in walk(tree) if isinstance(node, ast.Name)}
        gone: set[str] = set()
        for plan in self.plans:
            kinds = plan.kinds
            for node in walk(kinds.region.scope.node):
                function = kinds.region.function(node.func) if isinstance(node, ast.Call) else None
                if function is None or function.name in used:
                    continue
                if function.name.startswith("_") or _is_script(self.symbols.tree):
                    gone.add(function.name)
        if not gone:
            return module
        kept = [s for s in module.body if not (isinstance(s, cst.FunctionDef) and s.name.value in gone)]
        return module.with_changes(body=kept)

    def _assemble(
        self,
        edits: dict[cst.CSTNode, Edit],
        inserted: dict[int, list[cst.BaseStatement]],
        body: list[cst.BaseStatement] | None,
        class_at: int,
        helpers: set[str],
    ) -> cst.Module:
        module = self.index.module
        statements: list[cst.BaseStatement] = []
        extra = [
            self.writer.statement(HELPERS[name].replace("TF", self.tensorflow.name))
            for name in sorted(helpers & HELPERS.keys())
        ]
        extra = [with_leading(statement, blank(2)) for statement in extra]
        if body is not None:
            classes = [*extra, *inserted[-1]]
            rest = body[class_at:]
            if rest:
                rest[0] = self._spaced(rest[0])
            head = body[:class_at]
            if not head and classes:
                classes[0] = with_leading(classes[0], [])
            statements = [*head, *classes, *rest]
        else:
            first = min(inserted) if inserted else -1
            following = [*module.body[1:], None]
            for position, (original, after) in enumerate(zip(module.body, following, strict=True)):
                new = replace(original, edits) if self.index.edited(original, after, edits) else original
                if position in inserted:
                    if position == first:
                        statements += extra
                    statements += inserted[position]
                    if isinstance(new, cst.BaseStatement):
                        new = self._spaced(new)
                if isinstance(new, cst.BaseStatement):
                    statements.append(new)
        statements = self._with_imports(statements, helpers)
        return module.with_changes(body=statements)

    def _spaced(self, statement: cst.BaseStatement) -> cst.BaseStatement:
        """Two blank lines between a class and what follows it."""
        lines = list(leading(statement))
        while lines and lines[0].comment is None:
            lines.pop(0)
        return with_leading(statement, [*blank(2), *lines])

    def _with_imports(self, statements: list[cst.BaseStatement], helpers: set[str]) -> list[cst.BaseStatement]:
        wanted = [line for name in sorted(helpers) for line in HELPER_IMPORTS[name]]
        if self.tensorflow.add:
            name = self.tensorflow.name
            wanted.insert(0, "import tensorflow" + ("" if name == "tensorflow" else f" as {name}"))
        return with_imports(statements, wanted, self.writer)

    def _function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        body: list[cst.BaseStatement],
        edits: dict[cst.CSTNode, Edit],
    ) -> None:
        original = self.index.statement(node)
        assert isinstance(original, cst.FunctionDef)
        if not body:
            body = [self.writer.statement("pass")]
        block = original.body
        if isinstance(block, cst.IndentedBlock):
            first = list(leading(body[0]))
            if body[0] is not block.body[0]:
                while first and first[0].comment is None:
                    first.pop(0)
                kinds = [line for line in leading(block.body[0]) if line.comment and "type:" in line.comment.value]
                first = [*(line for line in kinds if line not in first), *first]
                body = [with_leading(body[0], first), *body[1:]]
            new: cst.BaseSuite = block.with_changes(body=body)
        else:
            new = self.writer.block(body)

        def edit(updated: cst.CSTNode) -> cst.CSTNode:
            return updated.with_changes(body=new)

        edits[original] = edit

    def _top_level(self, node: ast.stmt) -> int:
        """Position of the statement of the module that holds a function."""
        for position, statement in enumerate(self.symbols.tree.body):
            if any(child is node for child in walk(statement)):
                return self._cst_position(statement, position)
        raise AssertionError("the function is not in its module")

    def _cst_position(self, statement: ast.stmt, position: int) -> int:
        target = self.index.statement(statement)
        for found, candidate in enumerate(self.index.module.body):
            if candidate is target:
                return found
        return position

    def _other_names(self) -> dict[cst.CSTNode, Edit]:
        rebuilt = {plan.kinds.region.scope.node for plan in self.plans}
        done = {function for plan in self.plans for function in plan.helpers}
        names = OtherNames(self.index, self.symbols, self.tensorflow, self.respeller, self.skipped)
        return names.edits(rebuilt, done, numbers=True)

    def _helper_functions(self, plan: NativePlan, edits: dict[cst.CSTNode, Edit]) -> None:
        """Functions that the module calls must compute with TF2 names."""
        for function in plan.helpers:
            region = Region(self.symbols, self.symbols.scope_of(function))
            kinds = Kinds(region)
            names = Names(Home.MODEL)
            for statement in function.body:
                if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                    edits |= self.respeller.edits(statement, names, kinds)


def _is_script(tree: ast.Module) -> bool:
    """Whether a module guards its code with `if __name__ == "__main__"`."""
    return any(
        isinstance(node, ast.If) and any(isinstance(n, ast.Name) and n.id == "__name__" for n in walk(node.test))
        for node in tree.body
    )
