"""Small trees of modules for tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from migrate.engine import rewrite_source
from migrate.results import Level, Result, Site


def write_tree(directory: Path, **modules: str) -> Path:
    """Writes modules, `a__b` as a/b.py, below a directory that is the top of a work tree; the directory."""
    (directory / ".git").mkdir(exist_ok=True)
    for name, code in modules.items():
        file = directory / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(code).lstrip("\n"), "utf-8")
    return directory


def rewrite_in_tree(directory: Path, code: str, name: str = "export.py", **modules: str) -> Result:
    """The result for one file of a tree, with all that must always hold."""
    write_tree(directory, **modules)
    file = directory / name
    before = dedent(code).lstrip("\n")
    file.write_text(before, "utf-8")
    result = rewrite_source(before, str(file))
    assert result.error is None
    compile(result.after, str(file), "exec")
    assert rewrite_source(result.after, str(file)).after == result.after, "a second run changes it again"
    assert "__of__" not in result.after
    assert "__plain" not in result.after
    assert "__kept" not in result.after
    return result


def check_native_in_tree(directory: Path, code: str, **modules: str) -> str:
    """The one site of export.py becomes native; the new text."""
    result = rewrite_in_tree(directory, code, **modules)
    (site,) = result.sites
    assert site.reason is None, site.refusals
    assert site.level is Level.NATIVE
    return result.after


def check_refused_in_tree(directory: Path, part_of_reason: str, code: str, **modules: str) -> Site:
    """The one site of export.py does not become native, and this is said about it."""
    result = rewrite_in_tree(directory, code, **modules)
    (site,) = result.sites
    assert site.level is not Level.NATIVE, result.after
    said = [refusal.reason for refusal in site.refusals if refusal.level is Level.NATIVE]
    assert any(part_of_reason in reason for reason in said), said
    return site
