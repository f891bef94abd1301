import ast

from checks import kinds

from migrate.source.unprovable import Unprovable
from migrate.source.unrolling.written_out import WrittenOut


def test_a_reason_without_a_line_stays_as_it_is():
    made = WrittenOut(kinds("x = 1").region.scope, "x = 1\ny = 2", (1, 1))
    reason = Unprovable("TFM101", "said")
    assert made.placed(reason) is reason
    assert made.placed(Unprovable("TFM101", "said", ast.Pass(lineno=2, col_offset=0))).line == 1
