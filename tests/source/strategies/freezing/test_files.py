"""Tests of files that freeze_graph freezes."""

from __future__ import annotations

import pytest
from checks import refusal, rewrite

from migrate.results import Level
from migrate.source.candidates import SiteKind
from migrate.source.strategies.freezing.files import plan_files

IMPORT = "from tensorflow.python.tools import freeze_graph\n\n"
CALL = "freeze_graph.freeze_graph('g.pb', '', True, 'm.ckpt', 'y', '', '', 'out.pb', True, '')\n"


def test_the_tool_gets_a_graph_of_its_own():
    result = rewrite(IMPORT + CALL)
    assert [(site.level, site.rule) for site in result.sites] == [(Level.WRAPPED, "TFM219")]
    assert "from tensorflow.python.tools import freeze_graph as freeze_tool\n" in result.after
    assert "    with tf.Graph().as_default():\n        graph_def = freeze_tool.freeze_graph(\n" in result.after
    assert result.after.endswith(CALL.replace("freeze_graph.freeze_graph", "freeze_files"))


def test_arguments_by_name_keep_their_names():
    call = "freeze_graph.freeze_graph(input_graph='g.pb',\n    variable_names_blacklist='step')  # and more\n"
    after = rewrite(IMPORT + call).after
    assert after.endswith("freeze_files(input_graph='g.pb',\n    variable_names_blacklist='step')  # and more\n")
    assert "variable_names_denylist=variable_names_blacklist," in after


def test_calls_share_the_function():
    result = rewrite(IMPORT + CALL + "\n\ndef again():\n    " + CALL)
    assert [site.rule for site in result.sites] == ["TFM219"] * 2
    assert result.after.count("def freeze_files(") == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (IMPORT + "freeze_graph.freeze_graph(*given)\n", "passed on with *"),
        (IMPORT + CALL.replace("''", "'', '', '', None", 1), "its arguments have no names"),
        ("import tensorflow as tf\n" + IMPORT + "x = tf.placeholder(tf.float32)\n" + CALL, "also builds a graph"),
    ],
)
def test_what_stays(code: str, reason: str):
    assert reason in refusal(plan_files, code, SiteKind.FREEZE)
