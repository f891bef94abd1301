from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from migrate.report.proof_page.versions import NOT_LOADED, these_versions

ROOT = Path(__file__).parents[3]


def test_of_this_process(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(__version__="2.99.1"))
    found = these_versions()
    assert (found.tensorflow, found.numpy, found.directory) == ("2.99.1", np.__version__, str(Path.cwd()))
    assert found.python.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    then = datetime.strptime(found.date, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - then).total_seconds()) < 3600


def test_tensorflow_is_not_loaded_for_it():
    code = (
        "import sys; from migrate.report.proof_page import these_versions as v;"
        "print(v().tensorflow); assert 'tensorflow' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout.strip() == NOT_LOADED
