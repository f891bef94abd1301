"""Lets the tests of this folder import `checks`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
pytest.register_assert_rewrite("checks", "running", "training_scripts")
