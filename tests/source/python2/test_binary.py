"""Python 2 read protocol buffers in text mode."""

from __future__ import annotations

import pytest

from migrate.source.python2.binary import with_binary_modes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("with tf.gfile.FastGFile(p) as f:\n  g.ParseFromString(f.read())\n", "FastGFile(p, 'rb')"),
        ("with tf.gfile.GFile(p, 'r') as f:\n  g.ParseFromString(f.read())\n", "GFile(p, 'rb')"),
        ('with open("é", "r") as f, lock:\n  g.ParseFromString(f.read())\n', 'open("é", "rb")'),
        ("def f(p):\n  f = open(p)\n  g.ParseFromString(f.read())\n  f.close()\n", "open(p, 'rb')"),
        ("g.ParseFromString(tf.gfile.Open(p, 'r').read())\n", "Open(p, 'rb')"),
    ],
)
def test_they_are_bytes(before: str, after: str):
    found = with_binary_modes(before)
    assert after in found
    assert found.count("'rb'") + found.count('"rb"') == 1


@pytest.mark.parametrize(
    "text",
    [
        "with open(p) as f:\n  x = f.read()\ny.ParseFromString(x)\n",
        "with open(p) as f:\n  g.ParseFromString(f.read())\n  for line in f: pass\n",
        "with open(p, mode='r') as f:\n  g.ParseFromString(f.read())\n",
        "with open(p, 'rb') as f:\n  g.ParseFromString(f.read())\n",
        "with open(p, m) as f:\n  g.ParseFromString(f.read())\n",
        "with opened(p) as f:\n  g.ParseFromString(f.read())\n",
        "f = open(p)\ng.ParseFromString(f.read())\nf = open(q)\nf.readline()\n",
        "f = open(p)\ndef h():\n  f = 1\n  g.ParseFromString(f.read())\n  f.x\n",
    ],
)
def test_what_may_be_text_stays(text: str):
    assert with_binary_modes(text) == text
