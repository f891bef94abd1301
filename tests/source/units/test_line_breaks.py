"""Line breaks that count differently."""

from __future__ import annotations

import pytest
from checks import rewrite_source

from migrate.results import Level
from migrate.source.units.line_breaks import has_unusual_breaks


@pytest.mark.parametrize(
    ("text", "unusual"),
    [
        ("a = 1\nb = 2\n", False),
        ("a = 1\r\nb = 2\r\n", False),
        ("a = 1\rb = 2\r", True),
        ("a = 1\n\x0c\nb = 2\n", True),
        ("a = 1\r\n\rb = 2\r\n", True),
        ("", False),
    ],
)
def test_which_breaks_are_unusual(text: str, unusual: bool):
    assert has_unusual_breaks(text) is unusual


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_usual_breaks_do_not_keep_a_site_from_scaling(line_break: str):
    code = (
        "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None], name='x')\nsess = tf.Session()\n"
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': x + 1})\n"
    )
    result = rewrite_source(code.replace("\n", line_break))
    assert [site.level for site in result.sites] == [Level.NATIVE]


def test_a_file_with_form_feeds_is_left_as_it_is_or_stays_the_same_around_its_sites():
    code = (
        "import tensorflow as tf\n\x0c\nx = tf.placeholder(tf.float32, [None], name='x')\nsess = tf.Session()\n"
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': x + 1})\n"
    )
    result = rewrite_source(code)
    assert [site.level for site in result.sites] != [Level.NATIVE]
    assert "\x0c" in result.after
