"""Graph code without a session: the plan as a whole, and what it exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import rewrite
from running import check_never_wrong
from wrapping_code import BUILD, HEAD, INIT, SAVE, in_session, why_not, wrapped

from migrate.results import Level


def test_other_sessions_of_the_file_keep_it_bridged():
    code = (
        in_session(INIT, SAVE)
        + "\ndef train():\n    with tf.Session() as s:\n        s.run(tf.placeholder(tf.float32))\n"
    )
    assert "other code of the file still builds a TF1 graph" in why_not(code)


def test_two_exports_are_one_unit_with_one_class():
    result = wrapped(in_session(INIT, SAVE, SAVE.replace("'out'", "'other'")))
    assert len(result.sites) == 2
    assert result.after.count("class WrappedGraph:") == 1


def test_an_output_that_nobody_feeds_is_said():
    build = BUILD + "k = tf.placeholder(tf.float32, [])\n"
    result = wrapped(in_session(INIT, SAVE.replace("{'x': x}, o", "{'in': x}, {'y': x * 2, 'k': k}"), build=build))
    said = [finding.message for site in result.sites for finding in site.findings]
    assert any(
        "returns the placeholder of line 11," in message and "save does not take it" in message for message in said
    )


SCRIPT = """
import tensorflow as tf

def net(x):
    w = tf.get_variable('w', [3, 2], initializer=tf.random_uniform_initializer(seed=3))
    return {'y': tf.matmul(x, w), 'w': w}

x = tf.placeholder(tf.float32, [None, 3], name='x')
o = net(x)
o['c'] = tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: x - 1)
o['m'] = tf.map_fn(lambda row: row * row, x)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for number in range(2):
        o['z%d' % number] = o['y'] * 2 + number
        tf.saved_model.simple_save(sess, 'out/%d' % number, {'x': x}, o)
"""


@pytest.mark.slow
@pytest.mark.tensorflow
def test_a_graph_that_grows_between_its_exports_keeps_its_values(tmp_path: Path):
    result = check_never_wrong(SCRIPT, tmp_path, "out/0", "out/1")
    assert [(site.rule, site.level) for site in result.sites] == [("TFM206", Level.WRAPPED)]


BROKEN = [
    ("v = tf.get_variable('v', [], **{'collections': ['mine']})\no['y'] *= v\n", "TF2 cannot save v (VarHandleOp)"),
    ("k = tf.placeholder(tf.float32)\no['y'] *= k\n", "depends transitively on placeholder"),
    ("o['y'] *= tf.get_variable('late', [])\n", "untracked"),
]


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize(("late", "said"), BROKEN)
def test_what_cannot_be_saved_is_an_error_when_it_is_saved(
    late: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lines = SCRIPT.replace("sess.run(tf.global_variables_initializer())", "sess.run(INIT)")
    lines = lines.replace("o = net(x)\n", "o = net(x)\nINIT = tf.global_variables_initializer()\n" + late)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match=said.replace("(", r"\(").replace(")", r"\)")):
        exec(compile(wrapped(lines).after, "script.py", "exec"), {"__name__": "script"})


def test_two_functions_that_share_the_default_graph_go_on_sharing_it():
    # Names of the second's tensors tell that the first built its part before.
    code = in_session(INIT, SAVE.replace("{'x': x}", "{x.name: x}"))
    code += code[len(HEAD) :].replace("def export(", "def other(")
    result = rewrite(code)
    assert {site.level for site in result.sites} == {Level.BRIDGED}
    said = {refusal.reason for site in result.sites for refusal in site.refusals}
    assert any("another function builds in the same default graph" in reason for reason in said)
