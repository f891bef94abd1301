from __future__ import annotations

from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.review.diff import lcs

TEXTS = st.text(alphabet="abc", max_size=14)


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
def test_it_is_common_and_longest(left, right):
    pairs = lcs.common(left, right)
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))

    @cache
    def longest(i, j):
        if i == len(left) or j == len(right):
            return 0
        if left[i] == right[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    assert len(pairs) == longest(0, 0)


def test_what_is_too_long_is_not_compared(monkeypatch):
    monkeypatch.setattr(lcs, "_LIMIT", 3)
    assert lcs.common("ab", "ab") == []
    assert lcs.common("abc", "a") == [(0, 0)]
