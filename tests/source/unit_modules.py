"""Modules to look at with their units."""

from __future__ import annotations

import ast
from textwrap import dedent

from migrate.choices import Choices
from migrate.settings import Settings
from migrate.source.module import Module
from migrate.source.view import ModuleView

HEAD = "import tensorflow as tf\n"
GIVEN = """

def given(sess, x, y):
    tf.saved_model.simple_save(sess, 'given', {'x': x}, {'y': y})
"""
"""A function that is given the graph it exports: bridged."""


def scaling(name: str = "double", factor: float = 2.0) -> str:
    """A function that exports a graph of its own: native, where nothing keeps it from that."""
    return dedent(f"""

        def {name}():
            with tf.Graph().as_default(), tf.Session() as sess:
                x = tf.placeholder(tf.float32, [None], name='x')
                y = x * {factor}
                tf.saved_model.simple_save(sess, '{name}', {{'x': x}}, {{'y': y}})
        """)


def module(code: str, settings: Settings | None = None, choices: Choices | None = None) -> Module:
    """A module of some code, before anything is planned."""
    text = dedent(code)
    chosen = settings or Settings()
    return Module(ModuleView(text, ast.parse(text), "script.py", chosen), chosen, choices or Choices())
