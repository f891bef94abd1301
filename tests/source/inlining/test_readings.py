"""The ways to read an exporting function with what is around it."""

from __future__ import annotations

import pytest

from migrate.source.inlining.needs import ExportNeeds
from migrate.source.inlining.readings import readings
from migrate.source.inlining.text import Source
from migrate.source.unprovable import Unprovable

SCRIPT = """
import tensorflow as tf

x = tf.placeholder(tf.float32, [3])
saver = tf.train.Saver()


def restore(sess):
    saver.restore(sess, 'model.ckpt')


def export(sess):
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': x})


def main():
    sess = tf.Session()
    restore(sess)
    export(sess)


if __name__ == '__main__':
    main()
"""


def test_from_the_inside_out():
    found = [(reading.region, reading.moved is not None) for reading in readings(Source(SCRIPT), ("export",))]
    assert found == [(("export",), False), (("export",), True), (("main",), False), (("main",), True)]


def test_helpers_that_use_what_moved_are_read_at_their_calls():
    *_, reading = readings(Source(SCRIPT), ("export",))
    text = reading.expand(ExportNeeds).text
    assert "def restore" not in text
    assert "def export" not in text
    assert "    saver.restore(sess, 'model.ckpt')\n    tf.saved_model.simple_save(sess," in text


def test_what_keeps_the_graph_in_the_module_is_said():
    source = Source(SCRIPT.replace("\n    main()\n", "\n    print(x)\n"))
    reading = next(one for one in readings(source, ("export",)) if one.problem is not None)
    with pytest.raises(Unprovable, match="other code of the module uses the graph"):
        reading.expand()


def test_a_helper_that_keeps_reading_what_moved_is_in_the_way():
    source = Source(SCRIPT + "\n\ndef show():\n    print(x)\n")
    reading = [one for one in readings(source, ("export",)) if one.moved is not None][-1]
    with pytest.raises(Unprovable, match="'x' is also used outside of 'main'"):
        reading.expand(ExportNeeds)
