"""The text after some units."""

from __future__ import annotations

import ast

import pytest
from unit_modules import GIVEN, HEAD, module, scaling

from migrate.results import Level
from migrate.settings import Settings
from migrate.source.strategies.site_plan import Mode
from migrate.source.units import carrying_out
from migrate.source.units.unit import Failed, Unit
from migrate.source.unprovable import Unprovable

TWO_GRAPHS = """

def both():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None], name='x')
        tf.saved_model.simple_save(sess, 'one', {'x': x}, {'y': x * 2.0})
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None], name='x')
        tf.saved_model.simple_save(sess, 'two', {'x': x}, {'y': x * 3.0})
"""


def test_no_units_leave_the_text():
    made = module(HEAD + scaling() + GIVEN)
    assert made.carry_out([]) == made.text


def test_one_unit_leaves_what_is_not_its_own():
    made = module(HEAD + scaling("one") + scaling("two"), Settings(level=Level.WRAPPED))
    first, _ = made.units()
    after = made.carry_out([first])
    assert after != made.text
    assert scaling("two").strip().replace("tf.saved_model", "tf.compat.v1.saved_model") in respelled(after)


def test_every_choice_of_units_gives_text_that_parses():
    made = module(HEAD + scaling("one") + scaling("two", 3.0))
    one, two = made.units()
    texts = [made.carry_out(units) for units in ([], [one], [two], [one, two])]
    assert len({ast.dump(ast.parse(text)) for text in texts}) == 4
    assert ["Session" in text for text in texts] == [True, True, True, False]


def respelled(text: str) -> str:
    """With TF1's names again, but for those of the export."""
    return text.replace("tf.compat.v1.Session", "tf.Session").replace("tf.compat.v1.placeholder", "tf.placeholder")


def test_two_graphs_of_one_function_are_rewritten_one_after_the_other():
    made = module(HEAD + TWO_GRAPHS)
    units = made.units()
    assert len(units) == 2
    after = made.carry_out(units)
    assert after.count("tf.saved_model.save(") == 2
    assert "tf.Session" not in after


def test_a_text_is_worked_out_once_until_it_is_forgotten(monkeypatch: pytest.MonkeyPatch):
    made = module(HEAD + scaling())
    units = made.units()
    before = made.carry_out(units)
    monkeypatch.setattr(carrying_out, "emit", lambda *_, **__: "another text\n")
    assert made.carry_out(units) == before
    made._carrying_out.forget()
    assert made.carry_out(units) == "another text\n"


def test_the_unit_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch):
    made = module(HEAD + scaling("one") + scaling("two"))
    units = made.units()
    made._carrying_out.forget()

    def refuse(units: list[Unit], mode: Mode) -> str:
        if any(unit.ordinals == (1,) for unit in units):
            raise Unprovable("TFM110", "the second cannot be written")
        return made.text

    monkeypatch.setattr(made._carrying_out, "emit", refuse)
    with pytest.raises(Failed) as failed:
        made.carry_out(units)
    assert (failed.value.position, failed.value.reason.reason) == (1, "the second cannot be written")
