from __future__ import annotations

import subprocess
import sys

import pytest

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.registry import OpRegistry, load_op_library, runtime_ops


def test_the_runtime_knows_its_operations():
    ops = runtime_ops()
    assert {"MatMul", "VariableV2", "VarHandleOp", "PartitionedCall"} <= set(ops)
    assert ops["Assign"].input_arg[0].is_ref
    assert ops["RandomUniform"].is_stateful


def test_the_model_explains_what_the_runtime_does_not_have():
    own = protos.op_list().op.add()
    own.name = "TheirOwnOp"
    registry = OpRegistry(runtime_ops(), [own])
    assert registry.get("TheirOwnOp") is own
    assert not registry.in_runtime("TheirOwnOp")
    assert registry.get("NobodysOp") is None
    assert registry.is_stateful("NobodysOp")


def test_a_function_goes_before_an_operation_of_its_name():
    function = protos.op_list().op.add()
    function.name = "MatMul"
    registry = OpRegistry(runtime_ops(), [], [function])
    assert registry.get("MatMul") is function
    assert registry.is_function("MatMul")


@pytest.mark.tensorflow
def test_both_ways_of_asking_agree():
    # TensorFlow's Python modules register operations for their own tests, too.
    code = (
        "from migrate import protos; from migrate.graph import registry; "
        "known = set(registry.runtime_ops()); "
        "ops = protos.op_list(); ops.ParseFromString(registry._list_of_python()); "
        "print(known - {op.name for op in ops.op})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.tensorflow
def test_an_op_library_that_is_none_is_an_error(tmp_path):
    (tmp_path / "lib.so").write_text("no library")
    with pytest.raises(MigrateError, match=r"lib\.so: cannot load this op library"):
        load_op_library(str(tmp_path / "lib.so"))
