import pytest

from migrate.check.shapes import Relation, compatible, relation


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((None, 3), (None, 3), Relation.SAME),
        (None, None, Relation.SAME),
        ((), (), Relation.SAME),
        ((None, 3), None, Relation.WIDER),
        ((1, 3), (None, 3), Relation.WIDER),
        (None, (None,), Relation.NARROWER),
        ((None, None), (None, 3), Relation.NARROWER),
        ((1, None), (None, 3), Relation.NARROWER),
        ((None, 3), (1, 3), Relation.FIXED_BATCH),
        ((None, 3), (None, 4), Relation.APART),
        ((None,), (None, 1), Relation.APART),
        ((), (1,), Relation.APART),
        ((None, 3), (1, 4), Relation.APART),
    ],
)
def test_relation(old, new, expected):
    assert relation(old, new) is expected


def test_compatible():
    assert compatible((None, 3), (2, None))
    assert not compatible((None, 3), (None,))
