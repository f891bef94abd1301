"""Remakes modules.json: the modules below `tensorflow` that TensorFlow 1.15 had, and TensorFlow 2 has not.

`python -m migrate.source.api.remake_modules TF1 TF2` with the two directories that `import tensorflow` comes from. Only
names of files are compared. What is below a module that is gone is not listed, nor are contrib and the examples, of
which all is gone, nor the modules of tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FILE = Path(__file__).parent / "modules.json"
_PASSED = ("contrib", "examples", "_api", "include")
_TESTS = ("test_util", "_test", "kernel_tests", "test_base")


def modules(root: Path) -> set[str]:
    """The dotted paths of all modules below a directory."""
    found: set[str] = set()
    for file in root.rglob("*.py"):
        parts = file.relative_to(root).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts and parts[0] not in _PASSED:
            found.add(".".join(parts))
    return found


def gone(old: set[str], new: set[str]) -> list[str]:
    """What of some modules is not among others, without what is below another one of these.

    Args:
        old: The modules of TensorFlow 1.
        new: Those of TensorFlow 2.
    """
    missing = {one for one in old - new if not any(test in one for test in _TESTS)}
    return sorted(one for one in missing if not any(one.startswith(f"{other}.") for other in missing))


def main() -> int:
    """Writes the file."""
    old, new = (modules(Path(argument)) for argument in sys.argv[1:3])
    FILE.write_text(json.dumps({"gone": gone(old, new)}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
