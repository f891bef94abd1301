"""How a module spells NumPy."""

from __future__ import annotations

import ast

import pytest

from migrate.settings import Settings
from migrate.source.strategies.loading.numpy_name import numpy_name
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
