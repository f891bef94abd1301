import pytest

from migrate.signatures.dtypes import dtype_name


def test_names():
    assert dtype_name(1) == "float32"
    assert dtype_name(0) == "invalid"
    assert dtype_name(101) == "float32"  # a reference type
    assert dtype_name(99) == "dtype99"


@pytest.mark.tensorflow
def test_names_are_tensorflows():
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    from tensorflow.core.framework import types_pb2

    for number in types_pb2.DataType.values():
        if 0 < number < 100:
            assert dtype_name(number) == tf.dtypes.as_dtype(number).name
