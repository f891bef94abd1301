"""Short ways to say what becomes of code that loads a model."""

from __future__ import annotations

from checks import rewrite

from migrate.results import Level

HELPERS = ("class LoadedModel", "class MetaGraph", "def load_signature", "def load_predictor")


def check_level(code: str, level: Level) -> str:
    """All sites reach a level; the new text without the helper."""
    result = rewrite(code)
    assert result.sites
    assert {site.level for site in result.sites} == {level}, [site.reason for site in result.sites]
    return without_helper(result.after)


def check_stays(code: str, part_of_reason: str) -> None:
    """The session stays, at best with TF1's names, and one of the reasons says this."""
    result = rewrite(code)
    assert {site.level for site in result.sites} <= {Level.FLAGGED, Level.BRIDGED}
    assert _code(result.after) == _code(result.before)
    said = [refusal.reason for site in result.sites for refusal in site.refusals] + [s.reason for s in result.sites]
    assert any(part_of_reason in (reason or "") for reason in said), said


def _code(text: str) -> list[str]:
    """The lines of a module that say which TensorFlow it means aside."""
    return [
        line for line in text.splitlines() if line.strip() and "import tensorflow" not in line and "_v2_" not in line
    ]


def without_helper(text: str) -> str:
    """A module without the helper in it, which runs to the next line that is not indented."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.startswith(HELPERS):
            inside = True
        elif inside and line and not line.startswith(" "):
            inside = False
        if not inside:
            kept.append(line)
    return "\n".join(kept) + "\n"
