import re
from pathlib import Path

from migrate.graph.inspection import HazardKind

DOCS = Path(__file__).parents[3] / "docs" / "hazards.md"


def test_every_kind_has_a_section() -> None:
    sections = re.split(r"^## ", DOCS.read_text("utf-8"), flags=re.MULTILINE)[1:]
    explained = {section.partition("\n")[0]: section.partition("\n")[2].strip() for section in sections}
    assert set(explained) == {str(kind) for kind in HazardKind}
    # What it is, why it matters in TF2, what to do.
    for kind, text in explained.items():
        assert len(text.split("\n\n")) >= 2, kind
