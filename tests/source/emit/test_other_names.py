"""TensorFlow names in code that is not touched otherwise."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level

CODE = """
import tensorflow as tf
{alias}


def main():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    with tf.Session() as sess:
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': tf.nn.relu(x)}})
{after}

if __name__ == '__main__':
    main()
"""


def test_an_alias_that_nothing_uses_and_tf2_has_not_goes():
    result = rewrite(CODE.format(alias="slim = tf.contrib.slim", after=""))
    assert [site.level for site in result.sites] == [Level.NATIVE]
    assert "slim" not in result.after


@pytest.mark.parametrize("after", ["    print(slim)\n", "\n\n__all__ = ['slim']\n"])
def test_an_alias_that_is_used_is_in_the_way(after: str):
    result = rewrite(CODE.format(alias="slim = tf.contrib.slim", after=after))
    assert [site.level for site in result.sites] == [Level.BRIDGED]
    assert "slim = tf.contrib.slim" in result.after


def test_an_alias_that_tf2_has_stays():
    result = rewrite(CODE.format(alias="layers = tf.nn.relu", after=""))
    assert "layers = tf.nn.relu" in result.after
