"""Variables that are not global."""

from __future__ import annotations

import pytest
from wrapping_code import BUILD, INIT, SAVE, in_session, why_not, wrapped


@pytest.mark.parametrize(
    ("collections", "other"),
    [
        ("['mine']", True),
        ("[]", True),
        ("[tf.GraphKeys.MODEL_VARIABLES]", True),
        ("[tf.GraphKeys.GLOBAL_VARIABLES, 'mine']", False),
        ("['variables', 'mine']", False),
        ("[tf.GraphKeys.LOCAL_VARIABLES]", False),
        ("None", False),
    ],
)
def test_variables_of_other_collections_are_refused(collections: str, other: bool):
    line = f"o['z'] = x * tf.get_variable('v', [], collections={collections})\n"
    code = in_session(INIT, SAVE.replace("o)", "dict(o))"), build=BUILD + line)
    if other:
        assert "not global" in why_not(code)
    else:
        wrapped(code)


def test_one_that_is_only_initialized_does_no_harm():
    line = "v = tf.Variable('', collections=[])\n"
    wrapped(in_session(INIT, SAVE.replace("o)", "dict(o))"), build=BUILD + line + "print(v.initializer)\n"))
