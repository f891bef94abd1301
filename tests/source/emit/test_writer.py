"""New lines look like the file they go into."""

from __future__ import annotations

import libcst as cst
import pytest
from checks import check_native, rewrite, script

from migrate.source.emit.writer import Writer, blank, call, comments, dictionary, leading, trimmed, with_leading


def writer(text: str) -> Writer:
    return Writer(cst.parse_module(text))


def code(text: str, statement: cst.BaseStatement) -> str:
    module = cst.parse_module(text)
    return module.with_changes(body=[statement]).code


@pytest.mark.parametrize(
    ("indent", "style"), [("  ", "if a:\n  b\n"), ("    ", "if a:\n    b\n"), ("\t", "if a:\n\tb\n")]
)
def test_a_statement_is_indented_as_the_file_is(indent: str, style: str):
    made = writer(style).statement("def f():\n\tif x:\n\t\tpass")
    assert code(style, made) == f"def f():\n{indent}if x:\n{indent * 2}pass\n"


def test_a_statement_has_the_newlines_of_the_file():
    style = "if a:\r\n  b\r\n"
    assert code(style, writer(style).statement("if x:\n\tpass")) == "if x:\r\n  pass\r\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "f()"),
        (["a", "b=1"], "f(a, b=1)"),
        (["a" * 40, "b" * 40], f"f(\n\v{'a' * 40},\n\v{'b' * 40},\n)"),
    ],
)
def test_long_calls_are_broken(arguments: list[str], text: str):
    assert call("f", arguments) == text


def test_what_stands_around_a_call_counts():
    arguments = ["a" * 30, "b" * 30]
    assert "\n" not in call("f", arguments)
    assert "\n" in call("f", arguments, before="x" * 20)
    assert "\n" in call("f", arguments, depth=10, indent=2)


def test_long_dictionaries_are_broken():
    assert dictionary([("'a'", "1"), ("'b'", "2")]) == "{'a': 1, 'b': 2}"
    assert dictionary([("'a'", "1" * 50), ("'b'", "2" * 50)]) == f"{{\n\v'a': {'1' * 50},\n\v'b': {'2' * 50},\n}}"


def test_blank_lines_above_the_first_statement_go_its_comments_stay():
    body = list(cst.parse_module("\n\n# c\na\n\nb\n").body)
    body[0] = with_leading(body[0], [*blank(2), *leading(cst.parse_statement("# c\na\n"))])
    first, second = trimmed(body)
    assert [line.comment.value for line in comments(first)] == ["# c"]
    assert leading(first)[0].comment is not None
    assert second is body[1]
    assert trimmed([]) == []


@pytest.mark.parametrize("indent", ["  ", "    ", "\t", "   "])
def test_a_rewrite_is_indented_as_the_file_is(indent: str):
    text = script("w = tf.Variable(2.0, name='w')", "y = x * w").replace("    ", indent)
    after = check_native(text, f"\n{indent}def __init__(self):\n{indent * 2}super().__init__()\n")
    assert after.count("tf.saved_model.save(") == 1


def test_lines_are_not_longer_than_a_reader_wants():
    long = "serving_signature_with_a_rather_long_key_that_goes_on"
    text = script("y = x * 2.0", inputs=f"{{'{long}_in': x}}", outputs=f"{{'{long}_out': y, 'b': y, 'c': y}}")
    made = rewrite(text).after
    assert max(len(line) for line in made.splitlines()) <= 120


def test_a_definition_at_the_top_is_text_until_it_is_asked_for():
    module = cst.parse_module("if x:\r\n  y\r\n")
    writer = Writer(module)
    for text in (
        "class A(B):\n\tdef f(self):\n\t\treturn 1",
        "def f(x):\n\treturn g(\n\v\tx)",
        "x = 1",
        "@d\ndef f(): pass",
    ):
        assert writer.at_top(text).__class__.__name__ in (
            "ClassText",
            "FunctionText",
            "SimpleStatementLine",
            "FunctionDef",
        )
        new = [with_leading(make(text), blank(2)) for make in (writer.at_top, writer.statement)]
        top, inside = ({module.with_changes(body=[*module.body, one]).code for one in new},
                       {cst.Module([cst.If(cst.Name("z"), cst.IndentedBlock([one]))]).code for one in new})  # fmt: skip
        assert len(top) == len(inside) == 1
