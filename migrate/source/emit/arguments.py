"""Arguments that a call gets beside its own."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst


def with_arguments(call: cst.Call, texts: Sequence[str]) -> cst.Call:
    """A call with further keyword arguments at its end, which ends as before.

    Args:
        call: The call.
        texts: Such as `epsilon=1e-08`.
    """
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    arguments = list(call.args)
    for text in texts:
        name, _, value = text.partition("=")
        added = cst.Arg(cst.parse_expression(value), keyword=cst.Name(name), equal=equal)
        if arguments:
            last = arguments[-1]
            between = arguments[-2].comma if len(arguments) > 1 else cst.MaybeSentinel.DEFAULT
            if not isinstance(between, cst.Comma):
                between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            added = added.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
            arguments[-1] = last.with_changes(comma=between, whitespace_after_arg=cst.SimpleWhitespace(""))
        arguments.append(added)
    return call.with_changes(args=arguments)
