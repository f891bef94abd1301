"""Notebooks that tests write."""

from __future__ import annotations

import json
from typing import Any

IMPORTS = "import tensorflow as tf"
GRAPH = "x = tf.placeholder(tf.float32, [None], name='x')\ny = x * 3.0"
EXPORT = "with tf.Session() as sess:\n    tf.saved_model.simple_save(sess, '/models/a/1', {'x': x}, {'y': y})"


def code(source: str | list[str], **more: Any) -> dict[str, Any]:
    """A code cell; a text becomes a list of lines, as Jupyter writes it."""
    lines = source.splitlines(keepends=True) if isinstance(source, str) else source
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": lines, **more}


def text(source: str) -> dict[str, Any]:
    """A cell of Markdown."""
    return {"cell_type": "markdown", "metadata": {}, "source": [source]}


def notebook(*cells: str | dict[str, Any], indent: int | None = 1, language: str = "python", **more: Any) -> bytes:
    """A notebook of code cells (texts) and others, as Jupyter writes it."""
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    document = {
        "cells": made,
        "metadata": {"language_info": {"name": language}},
        "nbformat": 4,
        "nbformat_minor": 2,
        **more,
    }
    return (json.dumps(document, indent=indent, ensure_ascii=False) + "\n").encode()


def sources(data: bytes) -> list[str]:
    """The sources of all cells."""
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"]]


TRIPLE = notebook(IMPORTS, GRAPH, EXPORT)
"""A notebook with an export over two cells, which becomes native."""
