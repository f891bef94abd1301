from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from migrate.report.batch_reasons import Reason, general, why_not_native
from migrate.results import Level, Refusal, Site
from tests.report.batch_states import BRIDGED, FLAGGED, NATIVE, site


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("the graph is used for something else, too (line 230)", "the graph is used for something else, too"),
        ("not valid Python 3 on line 259: invalid syntax", "not valid Python 3: invalid syntax"),
        ("not valid Python 3 on line 9: Missing parentheses in call to 'print'. Did you mean print(...)?",
         "not valid Python 3: Missing parentheses in call to 'print'. Did you mean print(...)?"),
        ("not valid Python 3 on line 8: unterminated string literal (detected at line 12)",
         "not valid Python 3: unterminated string literal (detected)"),
        ("the input 'x:0' (net.x) is made elsewhere (line 3)", "the input '…' is made elsewhere"),
        ("the session sess is not Keras' (line 33)", "the session … is not Keras'"),
        ("the session self.sess is not Keras'", "the session … is not Keras'"),
        ("the session is a parameter of 'freeze'", "the session is a parameter of '…'"),
        ("the dictionary input_signatures is not written out here", "the dictionary … is not written out here"),
        ("net.inference comes from another module (line 69)", "… comes from another module"),
        ("build(x, 3) is not a function of this file", "… is not a function of this file"),
        ("the helper load changes a variable", "the helper … changes a variable"),
        ("a variable's initial value comes from 'w'", "a variable's initial value comes from '…'"),
        ("tf.contrib.layers has no TF2 counterpart", "tf.contrib.layers has no TF2 counterpart"),
        ("running tf.assign_add changes a variable", "running tf.assign_add changes a variable"),
        ("tf.py_func runs Python code, which a SavedModel does not hold (line 23)",
         "tf.py_func runs Python code, which a SavedModel does not hold"),
        ("it writes 'gpu'; TF2 always writes the one tag 'serve'", "it writes '…'; TF2 always writes the one tag '…'"),
        ("the export stands in a loop", "the export stands in a loop"),
    ],
)  # fmt: skip
def test_what_differs_from_file_to_file_is_left_out(reason, text):
    assert general(reason) == text
    assert general(text) == text


def test_a_native_site_has_no_reason():
    assert why_not_native(asdict(NATIVE)) is None


def test_the_reason_is_what_is_said_of_the_level_native():
    wrapped = Refusal(Level.WRAPPED, "frozen_graph", "TFM107", "the last one")
    native = Refusal(Level.NATIVE, "native", "TFM102", "the first one (line 8)")
    one = Site("TFM107", "loader", 1, 1, Level.FLAGGED, "", "the last one", refusals=(wrapped, native))
    assert why_not_native(asdict(one)) == Reason("TFM102", "the first one")
    assert why_not_native(asdict(BRIDGED)) == Reason("TFM101", "the graph comes from elsewhere")


def test_where_native_was_never_tried_it_is_the_reason_of_the_site():
    refusal = Refusal(Level.WRAPPED, "meta_graph", "TFM107", FLAGGED.reason)
    assert why_not_native(asdict(replace(FLAGGED, rule="TFM300", refusals=(refusal,)))).rule == "TFM107"
    assert why_not_native(asdict(replace(FLAGGED, refusals=()))).rule == "TFM107"


def test_a_site_that_has_nothing_better_is_no_obstacle():
    assert why_not_native(asdict(site(Level.WRAPPED, "TFM202"))) is None
