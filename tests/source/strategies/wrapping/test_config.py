"""Settings of sessions."""

from __future__ import annotations

import pytest
from wrapping_code import BUILD, HEAD, INIT, SAVE, body_of, wrapped


def export(config: str) -> str:
    lines = config + BUILD + "sess = tf.Session(config=config)\n" + INIT + SAVE
    return body_of(wrapped(HEAD + "def export():\n" + "".join(f"    {line}\n" for line in lines.splitlines())))


def test_settings_go_with_their_session():
    body = export(
        "options = tf.GPUOptions(allow_growth=True)\nconfig = tf.ConfigProto(gpu_options=options)\n"
        "config.allow_soft_placement = True\n"
    )
    assert "config" not in body
    assert "options" not in body


@pytest.mark.parametrize("config", ["config = tf.ConfigProto()\nprint(config)\n", "config = len('a')\n"])
def test_settings_that_something_else_may_use_stay(config: str):
    assert config.splitlines()[0].partition("tf.")[0] in export(config)
