"""Positions are those of LibCST's own provider."""

from __future__ import annotations

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from migrate.source.emit.positions import positions

TEXT = """\
# -*- coding: utf-8 -*-

@ d ( 'é' )
def f(a, *, ß=1, **rest):
\treturn (a
\t\t+ ß), {'ключ': a[ß:2], **rest}
if (x and
        not y): z = [i for i in '''é
  ''' if i]; a = 1  # why
class C: pass

# footer
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.rstrip("\n"), "", "\n", "# only\n"])
def test_as_the_provider_has_them(text: str):
    module = cst.parse_module(text)
    found, written = positions(module)
    wanted = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    assert written == text
    assert list(found) == list(wanted)
    for node, span in wanted.items():
        assert found[node] == (span.start.line, span.start.column, span.end.line, span.end.column)
