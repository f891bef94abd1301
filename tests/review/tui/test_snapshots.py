"""Pictures of the screens. To make them anew, look at what has changed, and keep it:

UPDATE_SNAPSHOTS=1 pytest tests/review/tui/test_snapshots.py
"""

from __future__ import annotations

import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.review.scripts import FLAGGED, HEAD, NATIVE
from tests.review.tui.driving import IN_ONE_FUNCTION, opened, project, run

PICTURES = Path(__file__).with_name("snapshots")
FLOWERS = (
    HEAD
    + """
def export(path):
  x = tf.placeholder(tf.float32, [None, 3], name="x")
  scores = tf.nn.softmax(x)
  with tf.Session() as sess:
    builder = tf.saved_model.builder.SavedModelBuilder(path)
    builder.add_meta_graph_and_variables(sess, ["serve"], {"serving_default":
      tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"scores": scores})})
    builder.save()
"""
)
FILES = {"flagged": FLAGGED, "flowers": FLOWERS, "plain": NATIVE, "together": IN_ONE_FUNCTION}


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("main_120x40", (120, 40), ("y", "n", "k")),
        ("main_80x24", (80, 24), ("y",)),
        ("side_by_side_180x30", (180, 30), ("j", "j")),
        ("file_120x40", (120, 40), ("j", "left")),
        ("help", (100, 46), ("question_mark",)),
        ("filter", (80, 24), ("y", "f", "down", "space")),
        ("search", (100, 24), ("slash", *"softmax", "enter")),
        ("summary", (100, 24), ("n", "j", "y", "q")),
    ],
)
def test_the_screen_looks_as_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int], keys: tuple[str, ...]
):
    place = tmp_path / "models"
    place.mkdir()
    project(place, FILES)
    monkeypatch.chdir(tmp_path)
    stored = PICTURES / f"{name}.svg"
    update = os.environ.get("UPDATE_SNAPSHOTS") == "1"
    made_by = (PICTURES / "textual.txt").read_text().strip()
    # Another release draws a little differently; the words are the same.
    seen = str if version("textual") == made_by else words
    expected = None if update else seen(stored.read_text())
    pictures: list[str] = []

    async def test():
        async with opened(tmp_path, size=size, paths=["models"]) as it:
            await it.press(*keys)
            # Until it is there; a wrong one is left alone until nothing has moved for long.
            while len(pictures) < 30 or len(set(pictures[-30:])) > 1:
                await it.pilot.pause(0.1)
                pictures.append(stable(it.app.export_screenshot()))
                if not update and seen(pictures[-1]) == expected:
                    return

    run(test())
    if update:
        stored.write_text(pictures[-1])
    else:
        assert seen(pictures[-1]) == expected


def test_the_release_that_drew_them_is_noted():
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        (PICTURES / "textual.txt").write_text(version("textual") + "\n")
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", (PICTURES / "textual.txt").read_text())


def stable(picture: str) -> str:
    """Without what differs from one picture to the next: ids, and fonts to fetch; and with short spaces."""
    picture = re.sub(r"terminal-\d+", "t", picture).replace("&#160;", "\N{NO-BREAK SPACE}")
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    return re.sub(r"[ \t]+$", "", picture, flags=re.MULTILINE).strip() + "\n"


def words(picture: str) -> list[str]:
    """The words on a picture, sorted."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return sorted(" ".join(texts).split())
