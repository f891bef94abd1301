from __future__ import annotations

import re

from migrate.report.rules import rule_text, rules_table
from migrate.results import Level
from migrate.rules import Example, Rule

RULE = Rule(
    id="TFM001",
    name="simple-save",
    title="simple_save becomes save",
    strategy="native",
    level=Level.NATIVE,
    symbols=("tf.a", "tf.b"),
    why="It is **gone**.",
    examples=(Example("one", "a\nb\n", "a\n\nc\n", "Mind the gap."), Example("", "  left\n", None)),
)
OTHER = Rule("TFM900", "computed-map-of-signatures", "Left alone", "", Level.FLAGGED, (), "Why.", ())


def test_table():
    assert rules_table([RULE, OTHER]) == (
        "TFM001  native   simple-save                 simple_save becomes save\n"
        "TFM900  flagged  computed-map-of-signatures  Left alone\n"
    )
    assert rules_table([]) == ""


def test_explanation():
    assert rule_text(RULE) == (
        "TFM001 simple-save\n"
        "simple_save becomes save\n"
        "\n"
        "level:    native\n"
        "strategy: native\n"
        "symbols:  tf.a, tf.b\n"
        "\n"
        "It is **gone**.\n"
        "\n"
        "Example: one\n"
        "    @@ -1,2 +1,3 @@\n"
        "     a\n"
        "    -b\n"
        "    +\n"
        "    +c\n"
        "\n"
        "Mind the gap.\n"
        "\n"
        "Example (left as it is, and flagged)\n"
        "      left\n"
    )


def test_on_a_terminal_the_reasons_are_rendered():
    text = rule_text(RULE, colour=True)
    assert "**gone**" not in text
    assert "\x1b[31m-b\x1b[0m" in text
    assert "It is gone." in re.sub("\x1b\\[[0-9;]*m", "", text)
