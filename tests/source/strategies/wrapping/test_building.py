"""Which code builds some of a graph."""

from __future__ import annotations

from wrapping_code import BUILD, INIT, SAVE, body_of, in_session, wrapped


def test_texts_of_other_modules_are_no_part_of_the_graph():
    code = in_session(INIT, SAVE, build="kind = Kinds.IMAGE.lower()\nprint(kind)\n" + BUILD)
    code = code.replace("import sys\n", "import sys\nfrom models import Kinds\n")
    body = body_of(wrapped(code))
    assert body.index("print(kind)") < body.index("with tf.Graph().as_default():")
