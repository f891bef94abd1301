import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from migrate.signatures.quiet import quiet, stderr_to_file

ROOT = Path(__file__).parents[2]


def test_quiet_only_inside():
    level = logging.getLogger("tensorflow").level
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with quiet():
            warnings.warn("silent", stacklevel=1)
            assert logging.getLogger("tensorflow").level == logging.CRITICAL
        warnings.warn("heard", stacklevel=1)
    assert [str(warning.message) for warning in seen] == ["heard"]
    assert logging.getLogger("tensorflow").level == level


@pytest.mark.parametrize("keep", [True, False])
def test_stderr_is_kept_only_if_asked_for(keep, capfd):
    with stderr_to_file() as said:
        os.write(2, b"chatter\n")
        if keep:
            said.keep()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == ("chatter\nafter\n" if keep else "after\n")


@pytest.mark.tensorflow
@pytest.mark.slow
def test_the_import_says_nothing():
    code = "from migrate.signatures.quiet import import_tensorflow; import_tensorflow()"
    env = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")
