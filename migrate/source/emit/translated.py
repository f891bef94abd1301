"""Calls that TF2 spells in another way, with their comments and line breaks."""

from __future__ import annotations

import libcst as cst

from migrate.source.api import Translation
from migrate.source.emit.edits import Edit
from migrate.source.emit.spelling import Spelling


def translated(answer: Translation, spelling: Spelling) -> Edit:
    """What becomes of a call.

    Args:
        answer: TF2's call for it.
        spelling: How the new code spells TensorFlow's names.
    """
    name = spelling.name_of(answer.name)

    def edit(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Call)
        changed = updated
        if cst.Module([]).code_for_node(updated.func) != name:
            changed = changed.with_changes(func=cst.parse_expression(name))
        if answer.arguments is not None:
            changed = changed.with_changes(args=_arguments(updated, answer, spelling))
        if answer.wrap == "{}":
            return changed
        text = answer.wrap.format(cst.Module([]).code_for_node(changed))
        return cst.parse_expression(spelling.of_table(text))

    return edit


def _arguments(call: cst.Call, answer: Translation, spelling: Spelling) -> list[cst.Arg]:
    """The new argument list; an argument that only moves keeps its comments and line breaks."""
    assert answer.arguments is not None
    given: dict[int | str, cst.Arg] = {}
    position = 0
    for argument in call.args:
        if argument.keyword is None:
            given[position] = argument
            position += 1
        else:
            given[argument.keyword.value] = argument
    code = cst.Module([]).code_for_node
    texts = {source: code(argument.value) for source, argument in given.items()}
    made: list[cst.Arg] = []
    for wanted in answer.arguments:
        keyword = cst.Name(wanted.keyword) if wanted.keyword else None
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        if wanted.source is not None and wanted.template == "{}" and not wanted.others:
            old = given[wanted.source]
            made.append(old.with_changes(keyword=keyword, equal=equal if keyword else cst.MaybeSentinel.DEFAULT))
            continue
        text = wanted.render(texts) if wanted.keyword is None else wanted.render(texts).partition("=")[2]
        made.append(
            cst.Arg(
                cst.parse_expression(spelling.of_table(text)),
                keyword=keyword,
                equal=equal if keyword else cst.MaybeSentinel.DEFAULT,
            )
        )
    return _commas(made, call)


def _commas(arguments: list[cst.Arg], call: cst.Call) -> list[cst.Arg]:
    """Commas between arguments; the last keeps the call's way to end."""
    result: list[cst.Arg] = []
    plain = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    for index, argument in enumerate(arguments):
        last = index == len(arguments) - 1
        comma = argument.comma
        after = argument.whitespace_after_arg
        if last:
            ending = call.args[-1] if call.args else None
            comma = ending.comma if ending is not None else cst.MaybeSentinel.DEFAULT
            after = ending.whitespace_after_arg if ending is not None else after
        elif not isinstance(comma, cst.Comma):
            comma, after = plain, cst.SimpleWhitespace("")
        result.append(argument.with_changes(comma=comma, whitespace_after_arg=after))
    return result
