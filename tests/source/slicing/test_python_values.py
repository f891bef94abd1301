"""Plain Python that depends on what TF2 answers otherwise."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native, script

from migrate.source.unprovable import NO_EQUAL


@pytest.mark.parametrize(
    ("lines", "rule", "reason"),
    [
        (["n = len(tf.get_collection('c'))"], NO_EQUAL, "tells of the graph that is built"),
        (["k = len(tf.get_collection('d'))", "n = k + 1"], NO_EQUAL, "tells of the graph that is built"),
        (["n = 1", "if len(tf.global_variables()) > 1:", "    n = 2"], NO_EQUAL, "tells of the graph that is built"),
        (["n = len(x.name)"], NO_EQUAL, "the name of a tensor (x.name) is used"),
        (["ts = [x]", "n = 1", "if x in ts:", "    n = 2"], NO_EQUAL, "looked for in a container"),
        (["ts = [x, x * 2.0]", "n = ts.index(ts[1])"], NO_EQUAL, "index() looks for a tensor"),
        (["seen = {}", "seen[x] = 3.0", "n = seen[x]"], NO_EQUAL, "tensors are keys of a dictionary"),
        (["v = tf.Variable(1.0)", "n = 2 if isinstance(v, tf.Variable) else 3"], NO_EQUAL, "tf.Variable is state"),
        (["n = len(str(x.shape[0]))"], NO_EQUAL, "a static shape is used in a way that differs"),
    ],
)
def test_questions(lines: list[str], rule: str, reason: str) -> None:
    check_not_native(script(*lines, "y = x * n"), rule, reason)


def test_other_values() -> None:
    check_native(script("names = ['a', 'b']", "n = names.index('b')", "if 'a' in names:", "    n = 2", "y = x * n"))
