"""Layout and literals are those of `ruff format`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from migrate.graph.code.layout import array, call, indices, mapping, pair, statement
from migrate.graph.code.literals import (
    bytes_literal,
    comment_text,
    dtype_literal,
    number_literal,
    shape_literal,
    text_literal,
)

TEXTS = [
    "",
    "plain",
    "it's",
    'say "so"',
    'it\'s "both"',
    "'''",
    '"""',
    "line\nbreak\ttab\r",
    "back\\slash",
    "\\'",
    '\\"',
    "caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{SNOWMAN}",
    "\x00\x7f\u2028",
    "a:b c/d",
]


def formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--stdin-filename", "x.py", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    if b"No module named ruff" in done.stderr:
        pytest.skip("no ruff")
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_literals_mean_what_they_should_and_are_formatted():
    lines = [f"x = {text_literal(text)}" for text in TEXTS]
    lines += [f"x = {bytes_literal(data)}" for data in (b"abc", b"\xff'", b'\xff"', b"\xff\"'", "caf\u00e9".encode())]
    for text in TEXTS:
        assert eval(text_literal(text)) == text
    for data in (b"\xff'", b'\xff"', b"\xff\\\"'", b"\xff\\"):
        assert eval(bytes_literal(data)) == data
    source = "\n".join(lines) + "\n"
    assert formatted(source) == source


def test_numbers_types_and_shapes():
    assert [number_literal(value) for value in (1, 2.5, True, float("inf"), float("-inf"))] == [
        "1",
        "2.5",
        "True",
        'float("inf")',
        'float("-inf")',
    ]
    assert number_literal(float("nan")) == 'float("nan")'
    assert dtype_literal("float32") == "tf.float32"
    assert dtype_literal("float8_e5m2") == 'tf.as_dtype("float8_e5m2")'
    assert statement("x = ", shape_literal((None, 3)), 0) == "x = [None, 3]"
    assert statement("x = ", shape_literal(None), 0) == "x = None"
    assert statement("x = ", indices(["slice(0, 2)"]), 0) == "x = slice(0, 2)"


def test_nothing_gets_out_of_a_comment():
    assert comment_text('a"""\nimport os\\') == "a''' import os/"
    comment_text("\udcff").encode()


def test_long_targets_are_laid_out_as_ruff_does():
    """As those of variables in deep scopes."""
    lines = ["class C:", "    def f(self):"]
    for length in range(40, 95):
        for expression in (
            call("tf.Module"),
            call("variable", "values", text_literal("x" * 30), "tf.float32", array(["3"])),
            call("variable", "values", text_literal("x" * 30), "tf.float32", array(["3"]), key=text_literal("y" * 30)),
            call("variable", "values", text_literal("x" * 60), "tf.float32", array(["3"]), key=text_literal("y" * 60)),
        ):
            lines.append(statement(f"self.{'a' * length} = ", expression, 2))
    source = "\n".join(lines) + "\n"
    assert formatted(source) == source


@pytest.mark.parametrize("length", range(20, 100, 7))
def test_every_width_is_laid_out_as_ruff_does(length):
    name = text_literal("n" * length)
    long = text_literal("n" * (length // 2))
    expressions = [
        call("function", name),
        call("function", name, long),
        call("function", name, array([long, long]), key=long, other="1"),
        call("function", mapping([(long, pair(long, array(["None", "3"]))), (name, long)]), name),
        array([name, long, long]),
        mapping([(name, array([long, long])), ("1", call("f", long, k=name))], "rest()"),
        call("f", call("g", call("h", name, long), long)),
        call("Table", call("lambda: tf.raw_ops.Something", key_dtype="tf.int64", shared_name=name)),
        call("f", "x", mapping([]), mapping([])),
    ]
    lines = ["class C:", "    def f(self):"]
    for expression in expressions:
        lines.append(statement("self.x = ", expression, 2))
        lines.append(statement("return ", expression, 2))
    lines.append("")
    for expression in expressions[:2]:
        lines.append(statement("@", expression, 1))
        lines.append(statement("def ", call("method", "self", *["a" * length, "b" * (length // 2)]), 1, ":"))
        lines.append("        pass\n")
    source = "\n".join(lines).rstrip() + "\n"
    assert formatted(source) == source
