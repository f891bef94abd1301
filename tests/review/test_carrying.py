"""What is written: what was accepted, as far as the rest allows it."""

from __future__ import annotations

from pathlib import Path

from migrate.results import Level, Mode
from migrate.review.decision import State
from tests.review.scripts import FLAGGED, HEAD, NATIVE, STAYING, exporting, items, lower_to, path, reviewed, written

IMPORTING = NATIVE.replace("import tensorflow as tf", "import tensorflow as tf\nimport one")


def test_an_edit_for_tf2s_behaviour_is_held_back_where_a_session_stays_in_its_program(tmp_path: Path):
    review = reviewed(tmp_path, one=NATIVE, two=IMPORTING)
    review.edit(path(review, "one"), review.preview(path(review, "one")) + "# mine\n")
    assert path(review, "one") in lower_to(review, "two", Level.BRIDGED)
    # The text was written for a rewrite that is another one now.
    assert review.state(items(review, "one")[0]) is State.PENDING
    review.accept(items(review, "two"))
    assert set(written(review)) == {"two"}


def test_an_edit_is_carried_out_whole_or_not_at_all(tmp_path: Path):
    review = reviewed(tmp_path, one=HEAD + exporting("a") + exporting("b"), two=STAYING.replace("import one", ""))
    text = review.preview(path(review, "one")) + "# mine\n"
    review.edit(path(review, "one"), text)
    review.accept(items(review, "two"))
    assert written(review)["one"] == text
    by_path = {result.path: result for result in review.outcome().results}
    assert by_path[path(review, "one")].mode is Mode.EAGER
    assert by_path[path(review, "two")].mode is Mode.GRAPH


def test_what_was_accepted_native_is_not_written_bridged(tmp_path: Path):
    review = reviewed(tmp_path, one=NATIVE, two=IMPORTING)
    first, second = (*items(review, "one"), *items(review, "two"))
    review.accept([first, second])
    assert [site.level for result in review.outcome().results for site in result.sites] == [Level.NATIVE] * 2
    lower_to(review, "two", Level.BRIDGED)
    # `one` could only be bridged beside it, and was not accepted so.
    assert review.is_changed(items(review, "one")[0])
    review.accept(items(review, "two"))
    outcome = review.outcome()
    assert outcome.held == ()
    assert set(written(review)) == {"two"}


def test_files_without_anything_to_carry_out_come_with_their_sites(tmp_path: Path):
    review = reviewed(tmp_path, one=NATIVE, two=FLAGGED)
    review.accept(items(review, "one"))
    one, two = review.outcome().results
    assert one == review.file(path(review, "one")).result
    assert not two.changed
    assert [site.level for site in two.sites] == [Level.FLAGGED]


def test_beside_a_file_that_keeps_its_session_what_was_accepted_native_is_held_back(tmp_path: Path):
    switched = IMPORTING.replace("import one", "import one\ntf.compat.v1.disable_v2_behavior()")
    review = reviewed(tmp_path, one=NATIVE, two=switched)
    assert [item.level for name in ("one", "two") for item in items(review, name)] == [Level.NATIVE] * 2
    review.accept(items(review, "one"))
    # Without its own rewrite, which is not decided, the other one goes on to switch TF1's behaviour on.
    (held,) = review.outcome().held
    assert (held.path, "two.py runs in the same program" in held.reason) == (path(review, "one"), True)
    assert written(review) == {}
    assert path(review, "one") in review.reject(items(review, "two"))
    (lower,) = items(review, "one")
    assert lower.level is Level.BRIDGED
    assert review.is_changed(lower)
    review.accept([lower])
    assert (review.outcome().held, set(written(review))) == ((), {"one"})


def test_a_call_that_can_only_be_rewritten_without_others_is_not_written_unasked(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    utils = HEAD + "\ndef save_model(sess, x, path):\n    tf.saved_model.simple_save(sess, path, {'x': x}, {'y': x})\n"
    train = HEAD + (
        "import utils\n\n"
        "def helper(sess, x, path):\n    tf.saved_model.simple_save(sess, path, {'x': x}, {'y': x})\n\n"
        "def loop(sess):\n    x = tf.placeholder(tf.float32, [None])\n    sess.run(x, {x: [1.0]})\n"
        "    tf.saved_model.simple_save(sess, 'loop', {'x': x}, {'y': x})\n\n"
        "def main():\n    x = tf.placeholder(tf.float32, [None])\n"
        "    with tf.Session() as sess:\n        utils.save_model(sess, x, 'out')\n\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    review = reviewed(tmp_path, utils=utils, train=train)
    helper, loop = items(review, "train")
    assert "export_call" not in {site.kind for site in (*helper.sites, *loop.sites)}
    review.accept([helper])
    text = written(review)["train"]
    assert "bridge.simple_save" in text
    assert "utils.save_model(sess, x, 'out')" in text
