from __future__ import annotations

import pytest
from graphs import FLOAT, Graph

from migrate.errors import MigrateError
from migrate.graph.lift import Lifted
from migrate.graph.prepare import Prepared
from migrate.graph.wrap import concrete_function, operations_function

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("make", [concrete_function, operations_function])
def test_a_graph_that_tensorflow_refuses_is_an_error_of_one_line(make):
    g = Graph()
    g.const("a", 1.0, FLOAT)
    g.node("b", "LeakyRelu", "a", "a", T=FLOAT)
    with pytest.raises(MigrateError, match=r"^start: TensorFlow .* cannot import its graph: [^\n]*$"):
        make(Prepared("start", g.graph, (), (), operations=("b",)), Lifted())
