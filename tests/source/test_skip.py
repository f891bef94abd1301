"""`# tf-migrate: skip`."""

from __future__ import annotations

import pytest

from migrate.source.skip import skipped_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = 1\n", set()),
        ("x = 1  # tf-migrate: skip\n", {1}),
        ("x = 1  #tf-migrate:skip\n", {1}),
        ("x = 1\ny = 2  # tf-migrate: skip because\n", {2}),
        ("x = 1  # noqa  # tf-migrate: skip\n", {1}),
        ("x = 1\n# tf-migrate: skip\ny = 2\n", {2}),
        ("x = f(1,  # tf-migrate: skip\n      2)\n", {1}),
        ("# tf-migrate: skip\nx = 1\n", {0}),
        ("#!/usr/bin/python\n# -*- coding: utf-8 -*-\n\n# tf-migrate: skip\nx = 1\n", {0}),
        ("x = 1\n# tf-migrate: skip-file\n", {0}),
        ("x = '# tf-migrate: skip'\n", set()),
        ("x = '''\n# tf-migrate: skip\n'''\n", set()),
        ("x = 1  # tf-migrate: skipped\n", set()),
        ("x = 1  # not-tf-migrate skip\n", set()),
        ("x = 1  # tf-migrate: skip\r\ny = 2\r\n", {1}),
        ("", set()),
        ('"%% [cell 1]"\n# tf-migrate: skip\nx = 1\n', {0}),
        ('"%% [cell 1]"\nx = 1\n"%% [cell 2]"\n# tf-migrate: skip\ny = 1  # tf-migrate: skip\n', {4, 5}),
    ],
)
def test_skipped_lines(text: str, lines: set[int]):
    assert skipped_lines(text) == lines


def test_text_that_cannot_be_read_skips_nothing():
    assert skipped_lines("x = '''tf-migrate\n") == frozenset()
