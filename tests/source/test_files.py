from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.errors import MigrateError
from migrate.source.files import code_lines, decode, is_notebook, may_export
from tests.notebooks import TRIPLE, code, notebook


@pytest.mark.parametrize(
    "code",
    [
        b"tf.saved_model.Builder(d)",
        b"tf.saved_model.builder.SavedModelBuilder(d)",
        b"from tensorflow.saved_model import simple_save",
        b"from tensorflow.python.saved_model import builder",
        b"from tensorflow.python.saved_model.builder import SavedModelBuilder as B",
        b"sm = tf.saved_model\nb = sm.Builder(d)",
        b"import tensorflow.compat.v1.saved_model as sm",
        "# Grüße\nsimple_save".encode("latin-1"),
    ],
)
def test_every_spelling_of_an_export_passes_the_filter(code):
    assert may_export(code)


@pytest.mark.parametrize(
    "code",
    [
        b"graph_util.convert_variables_to_constants(s, g, n)",
        b"from tensorflow.python.tools import freeze_graph",
        b"from tensorflow.tools.graph_transforms import TransformGraph",
    ],
)
def test_every_way_to_freeze_passes_the_filter(code):
    assert may_export(code)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (b"utils.save_model(sess, x, y)", True),
        (b"export(\n    x,\n    sess=sess)", True),
        (b"Exporter(model)", True),
        (b"saver.save(sess, path)", False),
        (b"save_model(model, path)", False),
        (b"tf.estimator.FinalExporter('a', f)", False),
    ],
)
def test_calls_of_helpers_that_may_export_pass_the_filter(call: bytes, wanted: bool):
    assert may_export(b"import tensorflow as tf\n" + call) is wanted
    assert not may_export(call)


def test_functions_that_were_declared_pass_the_filter():
    assert may_export(b"mine.keep(session)", ["save", "keep"])
    assert not may_export(b"mine.keep(session)", ["save"])


@pytest.mark.parametrize("code", [b"", b"import tensorflow as tf", b"builder.save()", b"model.save('m.h5')"])
def test_other_code_does_not_pass_the_filter(code):
    assert not may_export(code)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1",
        b"x = 1\n",
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\ry = 2\r",
        b"x = 1\r\ny = 2\nz = 3\r",
        b"\tx\x0c = 1 \t\n\n\n",
        codecs.BOM_UTF8,
        codecs.BOM_UTF8 + b"x = 1\n",
        codecs.BOM_UTF8 + b"# coding: utf-8\nx = 1\n",
        "s = '\N{SNOWMAN}\u2028'\n".encode(),
        "# -*- coding: latin-1 -*-\ns = 'ä'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\ns = '€'\n".encode("cp1252"),
        "# coding: euc-jp\ns = 'かな'\n".encode("euc-jp"),
        "# ä -*- coding: latin-1 -*- ö\n".encode("latin-1"),
        b"#!/usr/bin/python\r# coding: latin-1\rs = '\xe4'\r",
    ],
)
def test_text_and_back_gives_the_same_bytes(data):
    source = decode(data)
    assert source.encode(source.text) == data


def test_line_ends_stay_in_the_text():
    assert decode(b"a\r\nb\rc\n").text == "a\r\nb\rc\n"


def test_the_byte_order_mark_is_not_part_of_the_text():
    source = decode(codecs.BOM_UTF8 + b"x = 1\n")
    assert (source.text, source.bom, source.encoding) == ("x = 1\n", True, "utf-8")
    assert source.encode("y = 2\n") == codecs.BOM_UTF8 + b"y = 2\n"


def test_the_cookie_is_obeyed():
    assert decode(b"# coding: latin-1\n# \xe4").text == "# coding: latin-1\n# ä"
    assert decode(b"\n# coding: latin-1\n# \xe4").text == "\n# coding: latin-1\n# ä"


def test_a_cookie_below_the_second_line_is_none():
    with pytest.raises(MigrateError, match="line 4 is not valid utf-8"):
        decode(b"\n\n# coding: latin-1\n# \xe4\n")


def test_carriage_returns_alone_end_lines_as_for_python():
    with pytest.raises(MigrateError, match="line 4 is not valid utf-8"):
        decode(b"# a\r# b\r# coding: latin-1\r# \xe4\r")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# coding: klingon\n", "unknown encoding"),
        (b"# coding: rot13\n", "cannot be decoded as rot13"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "encoding problem"),
        (b"x = '\xff'\n", "line 1 is not valid utf-8"),
        (b"# coding: ascii\nx = '\xff'\n", "line 2 is not valid ascii"),
        (b"# coding: utf-16\n#", "utf-16"),
        (b"# coding: utf-7\nx = '+AGE-'\n", "would not keep its bytes"),
        (b"\xff\xfex\x00", "line 1 is not valid utf-8"),
    ],
)
def test_what_cannot_be_decoded_is_told_in_one_line(data, message):
    with pytest.raises(MigrateError, match=message) as caught:
        decode(data)
    assert "\n" not in str(caught.value)


def test_new_text_that_the_encoding_has_not_is_refused():
    source = decode(b"# coding: latin-1\n")
    with pytest.raises(MigrateError, match="cannot be written in iso-8859-1"):
        source.encode(source.text + "# \N{SNOWMAN}\n")


def test_new_text_without_the_cookie_is_refused_where_it_would_be_misread():
    source = decode(b"# coding: latin-1\nx = '\xe4'\n")
    with pytest.raises(MigrateError):
        source.encode("x = 'ä'\n")
    assert source.encode("x = 1\n") == b"x = 1\n"


@given(
    st.text(st.characters(codec="utf-8")),
    st.sampled_from(["", "# coding: utf-8\n", "#!/bin/sh\r\n# coding: utf-8\r\n"]),
    st.booleans(),
)
def test_any_utf8_file_keeps_its_bytes(text, cookie, bom):
    data = (codecs.BOM_UTF8 if bom else b"") + (cookie + text).encode()
    try:
        source = decode(data)
    except MigrateError as error:  # the drawn text may hold a cookie of its own, or start with a mark
        assert "coding" in text or "\ufeff" in text, error
    else:
        assert source.encode(source.text) == data


@given(
    st.binary(),
    st.sampled_from(["latin-1", "cp1252", "utf-8", "shift_jis", "gb18030", "utf-7", "cp037", "hz"]),
)
def test_any_bytes_are_kept_or_refused(body, encoding):
    data = f"# coding: {encoding}\n".encode() + body
    try:
        source = decode(data)
    except MigrateError:
        return
    assert source.encode(source.text) == data


def test_a_notebook_is_told_by_its_bytes():
    for data, told in ((TRIPLE, True), (codecs.BOM_UTF8 + b"\n" + TRIPLE, True), (b"{'a': 1}\n", False), (b"", False)):
        assert is_notebook(data) is told
    assert decode(TRIPLE).text.startswith('"%% [cell 1]"\nimport tensorflow as tf\n')


def test_lines_of_code_are_lines_in_a_notebook_too():
    assert code_lines(b"import a\n") == b"import a\n"
    for source in (["x = 1\n", "import a"], "x = 1\nimport a"):
        assert b"\nimport a" in code_lines(notebook(code(source)))


def test_a_call_that_may_export_is_found_in_a_notebook():
    for source in (["save_model(\n", "  sess, x)"], "import tensorflow\nsave_model(\nsess)"):
        assert may_export(notebook("import tensorflow", {**code(""), "source": source}))
    assert not may_export(notebook("import tensorflow", "save_model(x)"))
