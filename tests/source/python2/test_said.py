from __future__ import annotations

from migrate.engine import Planner, propose, rewrite_source
from migrate.results import Level
from migrate.settings import Settings

HEAD = "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None], name='x')\n"
SAVE = "with tf.Session() as sess:\n    tf.saved_model.simple_save(sess, '/models/a/1', {'x': x}, {'y': y})\n"
GOOD = f"{HEAD}y = x * 3.0\nprint 'said'\n{SAVE}"


def test_a_rewritten_file_is_python_3_and_says_so():
    result = rewrite_source(GOOD)
    assert result.before == GOOD
    assert "print('said')\n" in result.after
    compile(result.after, "after", "exec")
    (site,) = result.sites
    assert (site.level, site.line) == (Level.NATIVE, 6)
    assert [(one.rule, one.message.rpartition(":")[2]) for one in site.findings] == [
        ("TFM019", " its syntax changes on line 4")
    ]
    assert rewrite_source(result.after).after == result.after


def test_proposals_have_the_new_syntax_too():
    (proposal,) = Planner(GOOD).planned().proposals
    assert "print('said')\n" in proposal.after
    assert next(propose(GOOD)).after == proposal.after


def test_a_file_in_which_nothing_is_rewritten_stays_python_2():
    result = rewrite_source(f"print 'a'\n{HEAD}")
    assert (result.changed, result.error, result.sites) == (False, None, ())
    flagged = rewrite_source(GOOD, settings=Settings(select=("TFM201",)))
    assert flagged.after == flagged.before == GOOD


def test_a_division_that_may_mean_something_else_is_not_guessed_about():
    text = GOOD.replace("'said'", "7 / 2")
    result = rewrite_source(text)
    assert not result.changed
    (site,) = result.sites
    assert (site.rule, site.level, site.line) == ("TFM119", Level.FLAGGED, 6)
    assert site.reason == "'7 / 2' rounds whole numbers down in Python 2, and not in Python 3 (line 4)"
    assert Planner(text).planned().proposals == ()
    assert rewrite_source("from __future__ import division\n" + text).changed
