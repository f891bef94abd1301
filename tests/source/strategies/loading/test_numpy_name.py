"""How a module spells NumPy."""

from __future__ import annotations

import ast

import pytest

from migrate.settings import Settings
from migrate.source.strategies.loading.numpy_name import numpy_name, proto_name
from migrate.source.view import ModuleView


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np", ("np", ())),
        ("import numpy", ("numpy", ())),
        ("try:\n  import numpy as n\nexcept ImportError:\n  import numpy as n", ("n", ())),
        ("", ("np", ("import numpy as np",))),
        ("np = 3", ("np_2", ("import numpy as np_2",))),
        ("def f():\n  import numpy as np", ("np_2", ("import numpy as np_2",))),
        ("import numpy as np\nnp = np.random", ("np_2", ("import numpy as np_2",))),
    ],
)
def test_numpy_name(code: str, expected: tuple[str, tuple[str, ...]]):
    assert numpy_name(ModuleView(code, ast.parse(code), "-", Settings())) == expected


@pytest.mark.parametrize(
    ("code", "name", "line"),
    [
        ("from tensorflow.core.protobuf import saved_model_pb2", "saved_model_pb2", None),
        ("from tensorflow.core.protobuf import saved_model_pb2 as p", "p", None),
        ("", "saved_model_pb2", "from tensorflow.core.protobuf import saved_model_pb2"),
        (
            "saved_model_pb2 = 1",
            "saved_model_pb2_2",
            "from tensorflow.core.protobuf import saved_model_pb2 as saved_model_pb2_2",
        ),
    ],
)
def test_proto_name(code: str, name: str, line: str | None):
    assert proto_name(ModuleView(code, ast.parse(code), "-", Settings())) == (name, (line,) if line else ())
