import pytest
from checks import call, kinds

from migrate.source.emit.facts import argument_facts

HEAD = "import tensorflow as tf\nw = tf.Variable(tf.zeros([4, 2]))\n"


@pytest.mark.parametrize(
    ("lines", "one"),
    [
        ("t = w / tf.norm(w)", True),
        ("t = tf.concat([w, w], 0)", True),
        ("t = w + given", True),
        ("t = [w, w]", False),
        ("t = given + given", False),
        ("t = w / 2.0\nif given:\n    t = [w]", False),
    ],
)
def test_one_tensor(lines: str, one: bool):
    found = kinds(f"{HEAD}{lines}\nf(t)\n")
    facts = argument_facts(call(found.region, "f", -1), found).get(0, frozenset())
    assert ("one tensor" in facts) is one
