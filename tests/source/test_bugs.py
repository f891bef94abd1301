"""A strategy that fails is passed over, and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from migrate import rewrite_source
from migrate.results import Level
from migrate.source.bugs import bugs_as_reasons
from migrate.source.units import carrying_out, native_units
from migrate.source.unprovable import Unprovable

CODE = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None], name='x')
sess = tf.Session()
tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': x + 1})
"""


def _broken(*_: object, **__: object) -> None:
    raise KeyError("first line\nsecond line")


def test_the_next_level_is_tried(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(native_units, "plan_native", _broken)
    [site] = rewrite_source(CODE).sites
    assert site.level is Level.WRAPPED
    said = next(one.reason for one in site.refusals if one.strategy == "native")
    assert said == "a bug of tf-migrate ended the attempt (KeyError: 'first line\\nsecond line'); please report it"


def test_a_failure_of_the_emitter_is_one_of_the_plan(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(carrying_out, "emit", _broken)
    [site] = rewrite_source(CODE).sites
    assert site.level is Level.WRAPPED


@pytest.mark.parametrize("error", [Unprovable("TFM101", "reason"), RecursionError()])
def test_what_is_expected_passes(error: Exception):
    def fails() -> None:
        raise error

    _passes(fails, type(error))


def test_whoever_debugs_sees_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TF_MIGRATE_DEBUG", "1")
    _passes(_broken, KeyError)


def _passes(fails: Callable[[], None], kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught, bugs_as_reasons():
        fails()
    assert "bug" not in str(caught.value)
