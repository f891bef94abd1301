"""The default corpus: packages of PyPI at pinned versions, downloaded by pip when they are asked for."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("corpus_packages.toml")


@dataclass(frozen=True, slots=True)
class Package:
    """One wheel of one version.

    Attributes:
        name: The project.
        version: Its version.
        sha256: Of the wheel; pip refuses another.
    """

    name: str
    version: str
    sha256: str


def read_packages() -> list[Package]:
    """The pinned list."""
    return [Package(**row) for row in tomllib.loads(LIST.read_text())["packages"]]


def fetch(package: Package, cache: Path) -> Path:
    """Downloads and unpacks a package, unless that was done before; installs and runs nothing of it.

    Args:
        package: Which.
        cache: The directory to keep it in.

    Returns:
        The directory with its files.

    Raises:
        SystemExit: pip could not get it.
    """
    target = cache / f"{package.name}-{package.version}"
    if target.is_dir():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as place:
        wanted = Path(place, "requirements.txt")
        wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
        # The wheels are of their time: a Python that took them, and never a build, which would run their setup.py.
        options = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.7", "--require-hashes", "--quiet"]
        command = [sys.executable, "-m", "pip", "download", *options, "-d", place, "-r", str(wanted)]
        done = subprocess.run(command, text=True, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"{package.name}: {done.stderr[-1000:]}")
        unpacked = Path(place, "unpacked")
        with zipfile.ZipFile(next(Path(place).glob("*.whl"))) as wheel:
            wheel.extractall(unpacked)
        unpacked.rename(target)
    return target
