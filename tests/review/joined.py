"""Scripts of fixtures/ put together: several in one module, or side by side in one program."""

from __future__ import annotations

import ast
import re
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"
_MAIN = re.compile(r"^if __name__ == ['\"]__main__['\"]:", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """The script of a fixture."""

    name: str

    @property
    def folder(self) -> Path:
        return FIXTURES / self.name

    @property
    def settings(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "fixture.toml").read_text("utf-8"))

    @property
    def exports(self) -> list[str]:
        export = self.settings.get("export", [])
        return [export] if isinstance(export, str) else export

    @property
    def text(self) -> str:
        return (self.folder / "export.py").read_text("utf-8")


def joined(parts: Sequence[str]) -> str:
    """One module of several scripts; run with the number of one, and with the arguments of that.

    The names that they define are told apart by their number; their last block becomes a function.
    """
    texts = [_numbered(Part(name).text, number) for number, name in enumerate(parts)]
    starts = ", ".join(f"start_{number}" for number in range(len(parts)))
    return (
        "".join(f"{text}\n\n" for text in texts)
        + f'if __name__ == "__main__":\n  import sys\n  start = [{starts}][int(sys.argv.pop(1))]\n  start()\n'
    )


def program(parts: Sequence[str], place: Path) -> None:
    """Puts several scripts into a directory, with one that imports them all."""
    for number, name in enumerate(parts):
        (place / f"part{number}.py").write_text(Part(name).text, "utf-8")
        for file in Part(name).folder.iterdir():
            if (
                file.name not in {"golden", "samples.npz", "fixture.toml", "export.py"}
                and not (place / file.name).exists()
            ):
                (shutil.copytree if file.is_dir() else shutil.copy)(file, place / file.name)
    (place / "start.py").write_text("".join(f"import part{number}\n" for number in range(len(parts))))


def _numbered(text: str, number: int) -> str:
    defined = {
        node.name
        for node in ast.parse(text).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    }
    for name in defined:
        text = re.sub(rf"(?<![\w.'\"]){name}\b", f"{name}_{number}", text)
    text = re.sub(r"^from __future__.*\n", "", text, flags=re.MULTILINE)
    # As a function, or its names would be those of the module.
    return _MAIN.sub(f"def start_{number}():", text)
