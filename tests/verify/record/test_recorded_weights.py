from pathlib import Path

import numpy as np
import pytest

from migrate.verify.record.proof import RecordedWeight
from migrate.verify.record.recorded_weights import carry_recorded
from migrate.verify.scripts.results import Carried, Export, ExportKind, Side
from migrate.verify.scripts.weight_values import weights_of

pytestmark = pytest.mark.tensorflow


class Again:
    """What the script exports when it is run again."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def export(self, side: Side, export: Export) -> Export | None:
        assert side is Side.AFTER
        return None if self.path is None else Export(export.kind, export.name, self.path)


def export(path: Path) -> Export:
    return Export(ExportKind.SAVED_MODEL, "m", path)


def recorded(name: str, value: float, changes: float = 1.0) -> RecordedWeight:
    return RecordedWeight(Carried(name, name, True), np.array(value, "f4"), changes)


def value(found: Export) -> float:
    weights = weights_of(found)
    assert weights is not None
    return float(weights.read(weights.all[0]))


def test_what_is_random_gets_the_recorded_value(save, tmp_path: Path):
    now = export(save("m", by=5.0))
    found, carried, notes = carry_recorded([recorded("by", 2.0)], now, tmp_path, Again(save("n", by=6.0)))
    assert found.path != now.path
    assert (value(found), value(now)) == (2.0, 5.0)
    assert carried == (Carried("by", "by", True),)
    assert notes[0].startswith("1 variable was carried from BEFORE")


@pytest.mark.parametrize("again", [5.0, None])
def test_what_is_not_random_or_not_known_to_be_stays(save, tmp_path: Path, again: float | None):
    now = export(save("m", by=5.0))
    second = Again(None if again is None else save("n", by=again))
    found, carried, notes = carry_recorded([recorded("by", 2.0)], now, tmp_path, second)
    assert (found, carried) == (now, ())
    assert "was not carried" in notes[0]


def test_a_change_that_the_original_never_made_is_not_explained_by_chance(save, tmp_path: Path):
    now = export(save("m", by=5e6))
    found, _, notes = carry_recorded([recorded("by", 2.0, 0.1)], now, tmp_path, Again(save("n", by=1e6)))
    assert found == now
    assert "was not carried" in notes[0]


def test_the_script_is_not_run_again_where_the_values_agree(save, tmp_path: Path):
    class Never(Again):
        def export(self, side: Side, export: Export) -> Export | None:
            raise AssertionError(side, export)

    now = export(save("m", by=2.0))
    assert carry_recorded([recorded("by", 2.0)], now, tmp_path, Never(None)) == (now, (), ())
    assert carry_recorded([], now, tmp_path, Never(None)) == (now, (), ())


def test_a_variable_with_another_name_is_matched_by_shape(save, tmp_path: Path):
    now = export(save("m", by=5.0))
    found, carried, _ = carry_recorded([recorded("old", 2.0)], now, tmp_path, Again(save("n", by=6.0)))
    assert value(found) == 2.0
    assert carried == (Carried("by", "old", False),)


def test_a_variable_that_is_gone_is_told(save, tmp_path: Path):
    weight = RecordedWeight(Carried("w", "w", True), np.zeros((2, 2), "f4"))
    now = export(save("m"))
    found, carried, notes = carry_recorded([weight], now, tmp_path, Again(None))
    assert (found, carried) == (now, ())
    assert notes == ("the recorded value of w was not carried: AFTER exports no such variable",)
