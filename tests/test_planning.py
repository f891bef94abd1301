from __future__ import annotations

from pathlib import Path

import pytest

from migrate.paths import rewrite_paths
from migrate.planning import plan_paths
from migrate.settings import Settings
from tests.review.scripts import FLAGGED, NATIVE, STAYING

# The session is used further, so that it has to stay.
BRIDGED = STAYING + "    sess.run(x, {x: [1.0]})\n"


@pytest.mark.parametrize("settings", [Settings(), Settings(whole_program=True)], ids=["alone", "whole"])
def test_the_results_are_those_of_a_rewrite(tmp_path, settings):
    texts = {"one": NATIVE, "two": BRIDGED, "flagged": FLAGGED, "bad": "saved_model = print 1\n"}
    texts["graph"] = "import tensorflow as tf\nimport two\nx = tf.placeholder(tf.float32)\n"
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)
    planned = plan_paths([tmp_path], settings)
    assert [one.result for one in planned] == list(rewrite_paths([tmp_path], settings))
    # one.py is lowered, since it runs with two.py: so is its proposal.
    levels = {Path(one.result.path).stem: [proposal.level for proposal in one.proposals] for one in planned}
    assert levels["one"] == levels["two"] == ["bridged"]
    assert levels["flagged"] == levels["bad"] == []
    assert levels.get("graph", []) == []


def test_processes_make_no_difference(tmp_path):
    for number in range(8):
        (tmp_path / f"{number}.py").write_text(NATIVE)
    assert plan_paths([tmp_path], Settings(), jobs=2) == plan_paths([tmp_path], Settings(), jobs=1)
