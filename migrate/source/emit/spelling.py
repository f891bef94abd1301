"""How the new code spells TensorFlow's names."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto

import libcst as cst

from migrate.source import api
from migrate.source.api import Translation
from migrate.source.api.data import table
from migrate.source.symbols import Scope, Symbols
from migrate.source.unprovable import NO_EQUAL, Unprovable

HIDDEN = "tensorflow.python.ops."
"""TF1's framework.ops by another name, where it is imported from; TF2 has a package there."""
_WITH_KERAS_2 = ("layers.", "nn.rnn_cell.")
"""What `tf.compat.v1` has with Keras 2 (TF_USE_LEGACY_KERAS=1), and `tf` never."""


class Home(Enum):
    """Where a piece of code goes, which decides what its TensorFlow names must be."""

    MODEL = auto()
    """Into the module: TF2 names only."""
    LEGACY = auto()
    """The session's part: TF2 names where they are the same, else `tf.compat.v1`."""
    FILE = auto()
    """Code that is not touched otherwise: the same objects under names TF2 has."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the new code of a file spells TensorFlow's names.

    Attributes:
        tensorflow: The name that `tensorflow` has there, usually `tf`.
        modern: Whether plain `tf.` names in the source mean TF2's (the file uses `tf.compat.v1` for TF1's).
    """

    tensorflow: str
    modern: bool

    def symbol(self, qualified: str, home: Home, node: ast.AST, *, strict: bool = True) -> str | None:
        """The new text of a TensorFlow symbol that stands for itself; None to leave it.

        With `strict`, a symbol that TF2 has no more is refused.

        Raises:
            Unprovable: In a model, where TF2 has nothing that is surely the same.
        """
        if is_private(qualified):
            return None
        name = below(qualified)
        if name is None:
            return None
        if home is not Home.FILE:
            constant = _signature_constant(name)
            if constant is not None:
                return f"{self.tensorflow}.{constant}"
            if self.modern and not qualified.startswith("tensorflow.compat.v1") and self._modern(name):
                return f"{self.tensorflow}.{name}"
            answer = api.translate_name(name)
            if isinstance(answer, Translation):
                return self.name_of(answer.name)
            if home is Home.MODEL:
                raise Unprovable(NO_EQUAL, answer.reason, node)
        if self.modern and not qualified.startswith(HIDDEN):
            return None
        outside = api.replacement_outside(name)
        if outside is None and strict and _gone(name):
            raise Unprovable(NO_EQUAL, f"tf.{name} is gone from TF2", node)
        if outside is None and name.startswith(_WITH_KERAS_2):
            outside = f"compat.v1.{name}"
        return f"{self.tensorflow}.{outside}" if outside is not None else None

    def _modern(self, name: str) -> bool:
        """Whether TF2 has a name."""
        return name in table().same or name in table().modern

    def name_of(self, name: str) -> str:
        """The text of a TF2 name; of the package itself, where it is empty."""
        return f"{self.tensorflow}.{name}" if name else self.tensorflow

    def of_table(self, text: str) -> str:
        """A text of the tables, which spell TensorFlow `tf`."""
        if self.tensorflow == "tf":
            return text
        tree = cst.parse_expression(text)
        name = self.tensorflow

        class Rename(cst.CSTTransformer):
            def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
                return cst.parse_expression(name) if updated_node.value == "tf" else updated_node

        renamed = tree.visit(Rename())
        assert isinstance(renamed, cst.BaseExpression)
        return cst.Module([]).code_for_node(renamed)


def qualified_name(node: ast.expr, symbols: Symbols, scope: Scope) -> str | None:
    """The dotted name of an expression that is TensorFlow's, or None."""
    if not isinstance(node, (ast.Attribute, ast.Name)):
        return None
    qualified = symbols.qualified(node, scope)
    if qualified is None or qualified.partition(".")[0] not in ("tensorflow", "tensorflow_core"):
        return None
    return qualified


def below(qualified: str) -> str | None:
    """The author's spelling of a TensorFlow name below `tf.`, without `compat.v1`; canonical for private modules."""
    name = qualified.partition(".")[2]
    while name == "compat.v1" or name.startswith("compat.v1."):
        name = name[len("compat.v1.") :]
    if name.startswith(("python.", "_api.")):
        return api.canonical(qualified)
    return name


def is_private(qualified: str) -> bool:
    """Whether a name is one of private modules: it stays as it is imported, which still works or is reported."""
    return qualified.startswith(("tensorflow.python.", "tensorflow.core.", "tensorflow_core.")) and (
        api.canonical(qualified) or "python."
    ).startswith(("python.", "core."))


def _gone(name: str) -> bool:
    return name.partition(".")[0] in ("contrib", "layers") or name in table().gone


def _signature_constant(name: str) -> str | None:
    """`saved_model.signature_constants.X` as TF2 spells it, where it does."""
    if api.constant_value(name) is None:
        return None
    answer = api.translate_name(name)
    return answer.name if isinstance(answer, Translation) else None
