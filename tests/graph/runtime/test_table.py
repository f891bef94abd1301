from __future__ import annotations

import json

import pytest

from migrate.errors import MigrateError
from migrate.graph.registry import runtime_ops
from migrate.graph.runtime.remake import RELEASES
from migrate.graph.runtime.table import FILE, make_table, minors, newest, operation_of, runtime
from migrate.protos import op_list


def test_every_release_has_the_operations_of_its_time():
    assert minors()[0] == "1.13"
    assert "VarHandleOp" in runtime("1.13").ops
    assert "SelectV2" not in runtime("1.13").ops
    assert "SelectV2" in runtime("1.15").ops
    assert "DisableCopyOnRead" not in runtime("2.8").ops
    assert "debug_name" not in runtime("1.15").ops["VarHandleOp"].attributes
    assert newest().ops["VarHandleOp"].attributes["debug_name"].default == 's: ""'


def test_versions_are_given_in_full_or_in_short():
    assert runtime("1.15").minor == runtime("1.15.5").minor == runtime("v1.15.0").minor == "1.15"


@pytest.mark.parametrize("version", ["1.3", "1.12", "two", "", "2.99", "1"])
def test_an_unknown_version_is_named_with_those_that_are_known(version):
    with pytest.raises(MigrateError, match=r"1\.13, 1\.14, .*2\.21") as caught:
        runtime(version)
    assert "\n" not in str(caught.value)


def test_the_column_of_the_installed_release_is_what_it_says_itself():
    from importlib.metadata import version

    installed = version("tensorflow")
    if installed != runtime(minors()[-1]).release:
        pytest.skip(f"the table ends with {newest().release}")
    own = {name: operation_of(each) for name, each in runtime_ops().items() if not name.startswith("_")}
    # Other tests may have loaded libraries with more operations.
    assert {name: own[name] for name in newest().ops} == dict(newest().ops)


def test_a_table_of_two_releases_says_what_changed():
    old, new = op_list(), op_list()
    for operations, attributes in ((old, ("T",)), (new, ("T", "fast"))):
        definition = operations.op.add(name="Add")
        definition.input_arg.add(name="x", type_attr="T")
        definition.output_arg.add(name="z", type_attr="T")
        for name in attributes:
            definition.attr.add(name=name, type="type" if name == "T" else "bool")
    new.op[0].attr[1].default_value.b = False
    old.op.add(name="Gone")
    new.op.add(name="_Internal")
    table = json.loads(make_table([("1.0", "1.0.1", old), ("1.1", "1.1.0", new)]))
    assert table["releases"] == {"1.0": "1.0.1", "1.1": "1.1.0"}
    assert table["ops"] == {
        "Add": [[0, {"->": ["x:T -> z:T"], "T": ["type"]}], [1, {"fast": ["bool", "b: false"]}]],
        "Gone": [[0, {"->": ["->"]}], [1, None]],
    }


def test_the_file_has_one_line_an_operation():
    lines = FILE.read_text("utf-8").splitlines()
    assert sum(line.startswith('"Abs":') for line in lines) == 1
    assert FILE.stat().st_size < 400_000


def test_the_table_is_of_the_releases_that_remake_takes():
    assert {release.minor: release.version for release in RELEASES} == {
        minor: runtime(minor).release for minor in minors()
    }
