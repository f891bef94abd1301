from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.restore.changes import Changes, KeyRename, MethodName, Pair, refuse_contradictions


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(renames=(Pair("a", "b"), Pair("a", "c"))), "signature `a` is to be renamed to two keys"),
        (Changes(renames=(Pair("a", "b"),), removals=("a",)), "signature `a` is to be renamed and to be removed"),
        (Changes(renames=(Pair("a", ""),)), "no signature may be called ``"),
        (Changes(copies=(Pair("a", "__saved_model_init_op"),)), "may be called `__saved_model_init_op`"),
        (Changes(renames=(Pair("a", "__saved_model_train_op"),)), "may be called `__saved_model_train_op`"),
        (Changes(key_renames=(KeyRename("s", "input", "x", ""),)), "signature `s`: no input may be called ``"),
        (
            Changes(key_renames=(KeyRename("s", "output", "x", "y"), KeyRename("s", "output", "x", "z"))),
            "signature `s`: output `x` is to be renamed to two keys",
        ),
        (Changes(method_names=(MethodName("s", "m"), MethodName("s", "n"))), "signature `s` is given two method names"),
        (Changes(renames=(Pair("a", "\udcff"),)), "not UTF-8"),
        (Changes(key_renames=(KeyRename("s", "input", "x", "\udcff"),)), "not UTF-8"),
        (Changes(method_names=(MethodName("s", "\udcff"),)), "not UTF-8"),
    ],
)
def test_what_cannot_be(changes, said):
    with pytest.raises(MigrateError, match=said) as caught:
        refuse_contradictions(changes)
    str(caught.value).encode()


@pytest.mark.parametrize(
    "changes",
    [
        Changes(),
        Changes(renames=(Pair("a", "b"), Pair("b", "a"))),
        Changes(renames=(Pair("a", "b"), Pair("a", "b"))),
        Changes(copies=(Pair("a", "b"), Pair("a", "c")), removals=("a",)),
        Changes(copies=(Pair("a", "b"),), renames=(Pair("a", "c"),)),
        Changes(key_renames=(KeyRename("s", "input", "x", "y"), KeyRename("s", "output", "x", "z"))),
        Changes(key_renames=(KeyRename("s", "input", "x", "y"), KeyRename("t", "input", "x", "z"))),
        Changes(method_names=(MethodName("s", "m"), MethodName("s", "m"), MethodName("t", ""))),
    ],
)
def test_what_can_be(changes):
    refuse_contradictions(changes)
