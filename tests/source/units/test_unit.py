"""Which units can be carried out at once, and the mode that they share."""

from __future__ import annotations

from unit_modules import GIVEN, HEAD, module, scaling

from migrate.results import Level
from migrate.settings import Settings
from migrate.source.strategies.site_plan import Mode
from migrate.source.units.unit import NATIVE, at_once, mode_of

TWO_GRAPHS_OF_ONE_FUNCTION = """
def both():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None], name='x')
        tf.saved_model.simple_save(sess, 'one', {'x': x}, {'y': x * 2.0})
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None], name='x')
        tf.saved_model.simple_save(sess, 'two', {'x': x}, {'y': x * 3.0})
"""


def test_a_native_unit_has_the_name_of_the_native_strategy_and_needs_tf2():
    [unit] = module(HEAD + scaling()).units()
    assert (unit.name, unit.mode, unit.strategy) == (NATIVE, Mode.EAGER, None)


def test_any_other_unit_has_the_name_of_its_strategy():
    [unit] = module(HEAD + GIVEN).units()
    assert unit.strategy is not None
    assert unit.name == unit.strategy.name != NATIVE
    assert unit.sites[0].level is unit.strategy.level is Level.BRIDGED


def test_native_units_of_different_functions_go_together():
    units = module(HEAD + scaling("one") + scaling("two")).units()
    assert at_once(units) == (units, [])


def test_a_second_graph_of_the_same_function_waits():
    units = module(HEAD + TWO_GRAPHS_OF_ONE_FUNCTION).units()
    assert [unit.ordinals for unit in units] == [(0,), (1,)]
    assert at_once(units) == (units[:1], units[1:])


def test_what_is_no_native_plan_waits_for_those():
    code = HEAD + scaling()
    [first] = module(code).units()
    [other] = module(code, Settings(level=Level.WRAPPED)).units()
    assert at_once([other, first]) == ([first], [other])


def test_no_units_have_no_mode():
    assert mode_of([]) is None


def test_the_first_need_of_all_units_is_the_mode():
    [eager] = module(HEAD + scaling()).units()
    [any_mode] = module(HEAD + GIVEN).units()
    assert any_mode.mode is Mode.ANY
    assert mode_of([any_mode]) is Mode.ANY
    assert mode_of([any_mode, eager]) is Mode.EAGER
