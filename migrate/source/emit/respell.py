"""Respells moved code: names of values that got another home, and TensorFlow symbols that got another name."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from migrate.source import api
from migrate.source.api import Refusal, Translation
from migrate.source.emit.edits import Edit, put, replace
from migrate.source.emit.facts import argument_facts
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.losses import translate_loss
from migrate.source.emit.spelling import Home, Spelling, below, is_private, qualified_name
from migrate.source.emit.translated import translated
from migrate.source.flow import Definition, Merge, Region, Value
from migrate.source.kinds import IN_GRAPH, PLACEHOLDERS, STATE, Kind, Kinds, header_of
from migrate.source.slicing.cuts import Cuts
from migrate.source.slicing.op_names import scope_as_name
from migrate.source.specs import argument_of
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.syntax import children
from migrate.source.tf1.moves import moves_of
from migrate.source.unprovable import NO_EQUAL, Unprovable

_PACKAGES = frozenset({"tensorflow", "tensorflow.compat.v1", "tensorflow.compat.v2"})


@dataclass(slots=True, eq=False)
class Names:
    """How one piece of code spells the values it reads.

    Attributes:
        home: Where it goes.
        values: Value -> text.
        cuts: The signature's inputs, which become parameters.
        nodes: Particular expressions -> text.
    """

    home: Home
    values: Mapping[Value, str] = field(default_factory=dict)
    cuts: Cuts = field(default_factory=Cuts)
    nodes: Mapping[ast.AST, str] = field(default_factory=dict)


class Respeller:
    """Gives code of one region its new spelling."""

    def __init__(
        self,
        index: SourceIndex,
        symbols: Symbols,
        tensorflow: str,
        *,
        modern: bool,
        losses: bool = False,
        same_nodes: bool = False,
    ) -> None:
        """Makes a respeller.

        Args:
            index: The source.
            symbols: Its names.
            tensorflow: The name that `tensorflow` has in the new code, usually `tf`.
            modern: Whether plain `tf.` names in the source mean TF2's (the file uses `tf.compat.v1` for TF1's).
            losses: Whether `tf.losses` may become means: nothing in the graph reads their collection.
            same_nodes: Whether code that is not moved only gets other names of the same functions, so that the nodes
                of its graph keep their names.
        """
        self.index = index
        self.symbols = symbols
        self.spelling = Spelling(tensorflow, modern)
        self.losses = losses
        self.same_nodes = same_nodes
        # They get their names when all else is written (migrate.source.tf1.text).
        self.moved = moves_of(symbols).covered

    def statement(self, node: ast.stmt, names: Names, kinds: Kinds) -> cst.BaseStatement:
        """A statement with new names; its comments and layout are kept. Of a compound one only the header is respelled."""
        edits: dict[cst.CSTNode, Edit] = {}
        for part in header_of(node):
            edits |= self.edits(part, names, kinds)
        original = self.index.statement(node)
        if not edits:
            return original
        changed = replace(original, edits, shallow=isinstance(original, cst.BaseCompoundStatement))
        assert isinstance(changed, cst.BaseStatement)
        return changed

    def whole(self, node: ast.stmt, names: Names, kinds: Kinds) -> cst.BaseStatement:
        """A statement with new names everywhere inside it."""
        changed = replace(self.index.statement(node), self.edits(node, names, kinds))
        assert isinstance(changed, cst.BaseStatement)
        return changed

    def expression(self, node: ast.expr, names: Names, kinds: Kinds) -> str:
        """The text of an expression with new names."""
        whole = self.index.expression(node)
        if whole is None:
            return ast.unparse(node)
        changed = replace(whole, self.edits(node, names, kinds))
        assert isinstance(changed, cst.BaseExpression)
        return cst.Module([]).code_for_node(changed)

    def edits(self, root: ast.AST, names: Names, kinds: Kinds) -> dict[cst.CSTNode, Edit]:
        """The edits that respell everything below a node of a region."""
        edits: dict[cst.CSTNode, Edit] = {}
        self._collect(root, names, kinds, edits)
        return edits

    def _collect(self, node: ast.AST, names: Names, kinds: Kinds, edits: dict[cst.CSTNode, Edit]) -> None:
        region = kinds.region
        replaced = self._replaced(node, names, kinds)
        if replaced is not None and isinstance(node, ast.expr):
            put(self.index, node, lambda _: cst.parse_expression(replaced), edits)
            return
        if isinstance(node, ast.Attribute) and names.home is not Home.FILE and _is_dimension_value(node, kinds):
            self._collect(node.value, names, kinds, edits)
            put(self.index, node, _without_attribute, edits)
            return
        if node in self.moved and names.home is not Home.MODEL:
            return
        if isinstance(node, ast.Call):
            self._call(node, names, kinds, edits)
            if names.home is Home.MODEL and scope_as_name(node, kinds) is not None:
                self._drop_name(node, edits)
            return
        if isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Load):
            qualified = qualified_name(node, region.symbols, _scope(node, region))
            if qualified is not None and self._respells(node, region, names):
                self._name(node, qualified, names, edits)
                return
        for child in children(node):
            self._collect(child, names, kinds, edits)

    def _respells(self, node: ast.expr, region: Region, names: Names) -> bool:
        """Whether a TensorFlow name is respelled here.

        A name of the author's own (`sm = tf.saved_model`, `FLAGS = tf.app.flags.FLAGS`) goes on as it is where its
        definition stays; in a model it may be another module's old name.
        """
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        assert isinstance(root, ast.Name)
        owner = _scope(node, region).owner(root.id)
        imports = [b for b in owner.bindings[root.id] if isinstance(b, Imported)] if owner is not None else []
        if any(binding.qualified in _PACKAGES for binding in imports):
            return True
        if names.home is not Home.MODEL:
            # What else is imported by name goes on under that name.
            return False
        if imports:
            return True
        name = region.symbols.resolve(root, _scope(node, region)) or ""
        return not name.startswith(("app.", "flags."))

    def _replaced(self, node: ast.AST, names: Names, kinds: Kinds) -> str | None:
        if node in names.nodes:
            return names.nodes[node]
        parameter = names.cuts.parameter(node, kinds.region)
        if parameter is not None:
            return parameter
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = kinds.region.value_of.get(node)
            if value is not None and value in names.values:
                return names.values[value]
        return None

    def _name(self, node: ast.expr, qualified: str, names: Names, edits: dict[cst.CSTNode, Edit]) -> None:
        """A TensorFlow symbol that is not called."""
        text = self.spelling.symbol(qualified, names.home, node)
        if text is not None and text != ast.unparse(node):
            put(self.index, node, lambda _: cst.parse_expression(text), edits)

    def _call(self, node: ast.Call, names: Names, kinds: Kinds, edits: dict[cst.CSTNode, Edit]) -> None:
        region = kinds.region
        qualified = qualified_name(node.func, region.symbols, _scope(node.func, region))
        dropped = scope_as_name(node, kinds) if names.home is Home.MODEL else None
        arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword is not dropped)]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "initialized_value" and names.home is Home.LEGACY:
            raise Unprovable(
                NO_EQUAL, "initialized_value() is used beside a session, and TF2's variables have it no more", node
            )
        if (
            names.home is Home.MODEL
            and isinstance(node.func, ast.Attribute)
            and kinds.of(node.func.value) is Kind.VARIABLE
        ):
            if node.func.attr in ("initialized_value", "value"):
                self._collect(node.func.value, names, kinds, edits)
                put(self.index, node.func, _read_value, edits)
                return
        if qualified is None or is_private(qualified) or not self._respells(node.func, region, names):
            self._collect(node.func, names, kinds, edits)
            for argument in arguments:
                self._collect(argument, names, kinds, edits)
            return
        for argument in arguments:
            self._collect(argument, names, kinds, edits)
        if node.func in self.moved and names.home is not Home.MODEL:
            self._moved_call(node, qualified, edits)
            return
        if names.home is Home.FILE or (self.spelling.modern and not qualified.startswith("tensorflow.compat.v1")):
            self._name(node.func, qualified, names, edits)
            return
        name = below(qualified)
        assert name is not None
        if name == "placeholder_with_default" and names.home is Home.MODEL:
            self._default(node, kinds, edits)
            return
        if name == "device" and len(node.args) == 1 and is_text(node.args[0], region):
            # TF2's takes no function, but the same names.
            put(self.index, node.func, lambda _: cst.parse_expression(f"{self.spelling.tensorflow}.device"), edits)
            return
        answer = self._translated(name, _without(node, dropped), names.home, kinds)
        if isinstance(answer, Translation):
            self._translate(node, answer, edits)
            return
        if names.home is Home.MODEL:
            raise Unprovable(NO_EQUAL, answer.reason, node)
        outside = api.call_outside(name, len(node.args), _keywords(node))
        if outside is None:
            raise Unprovable(NO_EQUAL, f"tf.{name} is gone from TF2", node)
        text = f"{self.spelling.tensorflow}.{outside}"
        if text != ast.unparse(node.func):
            put(self.index, node.func, lambda _: cst.parse_expression(text), edits)

    def _moved_call(self, node: ast.Call, qualified: str, edits: dict[cst.CSTNode, Edit]) -> None:
        """A call of what ended with TF1: TF2's own name for it is better than that of another package."""
        name = below(qualified) or ""
        new = api.call_outside(name, len(node.args), _keywords(node)) if name.startswith("contrib.") else None
        if new is not None:
            put(self.index, node.func, lambda _: cst.parse_expression(f"{self.spelling.tensorflow}.{new}"), edits)

    def outside(self, node: ast.Call, scope: Scope, edits: dict[cst.CSTNode, Edit]) -> bool:
        """Respells a call in code that is not moved, if TF2 has the same under another name; whether it did."""
        qualified = qualified_name(node.func, self.symbols, scope)
        name = below(qualified) if qualified is not None else None
        if name is None or self.spelling.modern or name in PLACEHOLDERS:
            return False
        texts: dict[int | str, str] = dict(enumerate(ast.unparse(argument) for argument in node.args))
        texts |= {str(keyword.arg): ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg}
        keywords = tuple(str(keyword.arg) for keyword in node.keywords if keyword.arg)
        starred = len(keywords) < len(node.keywords) or any(isinstance(a, ast.Starred) for a in node.args)
        answer = api.translate_call(name, len(node.args), keywords, literals=texts, starred=starred)
        if self.same_nodes or not isinstance(answer, Translation):
            outside = api.call_outside(name, len(node.args), _keywords(node)) if name.startswith("contrib.") else None
            if outside is None:
                return False
            put(self.index, node.func, lambda _: cst.parse_expression(f"{self.spelling.tensorflow}.{outside}"), edits)
            return True
        self._translate(node, answer, edits)
        return True

    def _default(self, node: ast.Call, kinds: Kinds, edits: dict[cst.CSTNode, Edit]) -> None:
        """A placeholder that no signature feeds has its default."""
        default = argument_of(node, "input", 0)
        original = self.index.expression(node)
        assert default is not None
        assert isinstance(original, cst.Call)
        position = next(
            index for index, argument in enumerate(original.args) if argument.value is self.index.expression(default)
        )
        plain = kinds.of(default) in (Kind.PYTHON, Kind.CONFIG)

        def edit(updated: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(updated, cst.Call)
            value = updated.args[position].value
            if not plain:
                return value
            return cst.parse_expression(f"{self.spelling.tensorflow}.constant({cst.Module([]).code_for_node(value)})")

        edits[original] = edit

    def _translated(self, name: str, node: ast.Call, home: Home, kinds: Kinds) -> Translation | Refusal:
        if kinds.of(node) in STATE or name in PLACEHOLDERS or kinds.of(node) in (Kind.INIT, Kind.TRAIN, Kind.ASSIGN):
            return Refusal(f"tf.{name} has no TF2 counterpart in a function")
        loss = translate_loss(name, node, kinds) if self.losses and home is Home.MODEL else None
        if loss is not None:
            return loss
        texts: dict[int | str, str] = dict(enumerate(ast.unparse(argument) for argument in node.args))
        texts |= {str(keyword.arg): ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg}
        return api.translate_call(
            name,
            len(node.args),
            tuple(str(keyword.arg) for keyword in node.keywords if keyword.arg),
            literals=texts,
            starred=any(isinstance(argument, ast.Starred) for argument in node.args)
            or any(keyword.arg is None for keyword in node.keywords),
            facts=argument_facts(node, kinds),
        )

    def _translate(self, node: ast.Call, answer: Translation, edits: dict[cst.CSTNode, Edit]) -> None:
        original = self.index.expression(node)
        if not isinstance(original, cst.Call):
            raise Unprovable(NO_EQUAL, f"{ast.unparse(node)} stands where it cannot be replaced (an f-string)", node)
        edits[original] = translated(answer, self.spelling)

    def _drop_name(self, node: ast.Call, edits: dict[cst.CSTNode, Edit]) -> None:
        """Takes the name of its op from a call, before what else changes in it."""
        target = self.index.expression(node)
        other = edits.get(target) if target is not None else None
        put(
            self.index,
            node,
            lambda call: other(_without_name(call)) if other is not None else _without_name(call),
            edits,
        )


def _is_dimension_value(node: ast.Attribute, kinds: Kinds) -> bool:
    """`x.shape[1].value`: TF1's dimensions are objects, TF2's are numbers."""
    match node:
        case ast.Attribute(attr="value", value=ast.Subscript(value=ast.Attribute(attr="shape", value=owner))):
            return kinds.of(owner) in IN_GRAPH
        case ast.Attribute(
            attr="value",
            value=ast.Subscript(value=ast.Call(func=ast.Attribute(attr="get_shape", value=owner))),
        ):
            return kinds.of(owner) in IN_GRAPH
    return False


def _read_value(updated: cst.CSTNode) -> cst.CSTNode:
    """A variable in a module is initialized when it is made."""
    assert isinstance(updated, cst.Attribute)
    return updated.with_changes(attr=cst.Name("read_value"))


def _without_attribute(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Attribute)
    return updated.value


def _without(call: ast.Call, keyword: ast.keyword | None) -> ast.Call:
    """A call without one of its arguments."""
    if keyword is None:
        return call
    return ast.copy_location(ast.Call(call.func, call.args, [one for one in call.keywords if one is not keyword]), call)


def _without_name(node: cst.CSTNode) -> cst.CSTNode:
    """A call without the name of its op."""
    if not isinstance(node, cst.Call):
        return node
    kept = [one for one in node.args if one.keyword is None or one.keyword.value != "name"]
    if kept and len(kept) < len(node.args):
        kept[-1] = kept[-1].with_changes(comma=node.args[-1].comma)
    return node.with_changes(args=kept)


def _keywords(call: ast.Call) -> list[str]:
    """The keywords of a call; `**` stands for what is not known."""
    return [keyword.arg or "**" for keyword in call.keywords]


def is_text(node: ast.expr, region: Region) -> bool:
    """Whether an expression is surely a string: a literal, or a name that only ever gets literals."""
    match node:
        case ast.Constant(value=str()):
            return True
        case ast.Name():
            return _text_value(region.value_of.get(node), region)
    return False


def _text_value(value: Value | None, region: Region) -> bool:
    match value:
        case Definition(known=True, previous=None, path=(), expression=ast.expr() as expression):
            return is_text(expression, region)
        case Merge(inputs=inputs):
            return all(item is value or _text_value(item, region) for item in inputs)
    return False


def _scope(node: ast.expr, region: Region) -> Scope:
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return region.scopes.get(root, region.scope) if isinstance(root, ast.Name) else region.scope
