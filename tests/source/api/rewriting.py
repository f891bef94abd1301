"""Applies the look-up to the source text of an expression, as the rewriter does with whole files."""

from __future__ import annotations

import ast

from migrate.source.api import Refusal, Translation, translate_call, translate_name


class RefusedError(Exception):
    """The look-up refused a symbol of the expression."""


def rewritten(expression: str) -> str:
    """The TF2 text of an expression on `tf`."""
    tree = ast.parse(expression, mode="eval")
    return ast.unparse(_Rewriter().visit(tree))


def call(expression: str, **options) -> Translation | Refusal:
    """What the look-up says of a call that is written out; all texts are given to it."""
    node = ast.parse(expression, mode="eval").body
    assert isinstance(node, ast.Call)
    return _translated(node, **options)


def _translated(node: ast.Call, **options) -> Translation | Refusal:
    name = ast.unparse(node.func).removeprefix("tf.")
    keywords = tuple(keyword.arg for keyword in node.keywords if keyword.arg)
    starred = len(keywords) < len(node.keywords) or any(isinstance(a, ast.Starred) for a in node.args)
    return translate_call(name, len(node.args), keywords, literals=_texts(node), starred=starred, **options)


def _texts(node: ast.Call) -> dict[int | str, str]:
    texts: dict[int | str, str] = {index: ast.unparse(value) for index, value in enumerate(node.args)}
    texts.update((keyword.arg, ast.unparse(keyword.value)) for keyword in node.keywords if keyword.arg)
    return texts


def _dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id == "tf"


class _Rewriter(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        if not _dotted(node.func):
            return self.generic_visit(node)
        answer = _translated(node)
        if isinstance(answer, Refusal):
            raise RefusedError(answer.reason)
        node.args = [self.visit(value) for value in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        if answer.arguments is None:
            node.func = ast.parse("tf." + answer.name, mode="eval").body
            made = ast.unparse(node)
        else:
            texts = _texts(node)
            made = f"tf.{answer.name}({', '.join(argument.render(texts) for argument in answer.arguments)})"
        return ast.parse(answer.wrap.replace("{}", made), mode="eval").body

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if not _dotted(node):
            return self.generic_visit(node)
        answer = translate_name(ast.unparse(node).removeprefix("tf."))
        if isinstance(answer, Refusal):
            raise RefusedError(answer.reason)
        return ast.parse("tf." + answer.name, mode="eval").body
