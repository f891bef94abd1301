from __future__ import annotations

import pytest

from migrate.report.review_page import parts
from migrate.report.review_page.parts import file_parts
from migrate.review.file import digest_of
from migrate.review.verdict import Verdict


def parts_of(review):
    return file_parts(review, [file.path for file in review.files])


def test_files_items_and_their_numbers(review):
    found = parts_of(review())
    assert [file.name for file in found] == ["bridged.py", "flagged.py", "native.py", "two.py"]
    assert [(part.number, part.anchor) for file in found for part in file.items] == [
        (0, "file0-0"),
        (1, "file1-0"),
        (2, "file2-0"),
        (3, "file3-0"),
        (4, "file3-1"),
    ]
    assert [file.proposals for file in found] == [1, 0, 1, 2]
    assert found[0].path == found[0].directory + found[0].name


def test_states_are_those_of_the_review(review):
    made = review()
    items = {file.path.rpartition("/")[2]: made.items(file.path) for file in made.files}
    made.accept(items["native.py"])
    made.reject(items["two.py"][:1])
    states = {file.name: [part.state for part in file.items] for file in parts_of(made)}
    assert states == {
        "bridged.py": ["pending"],
        "flagged.py": ["stays"],
        "native.py": ["accepted"],
        "two.py": ["rejected", "pending"],
    }


def test_all_rules_that_say_something_are_named(review):
    made = review()
    [item] = made.items(made.files[0].path)
    [part] = parts_of(made)[0].items
    assert part.rules[0] == item.site.rule
    assert set(part.rules) == {item.site.rule, *(refusal.rule for refusal in item.site.refusals)}
    assert len(part.rules) == len(set(part.rules))


def test_a_text_of_the_reviewer_has_its_diff(review):
    made = review()
    native = next(file for file in made.files if file.path.endswith("native.py"))
    made.edit(native.path, native.result.after.replace("* 2.0", "* 3.0"))
    [file] = [file for file in parts_of(made) if file.name == "native.py"]
    assert "3.0" in file.edited.html
    assert file.items[0].state == "edited"


@pytest.mark.parametrize(("equal", "word"), [(True, "equal"), (False, "different"), (None, "not proved")])
def test_verdicts_hold_for_the_text_that_was_run(review, equal, word):
    made = review()
    native, two = [file for file in made.files if file.path.endswith(("native.py", "two.py"))]
    for file in (native, two):
        text = made.preview(file.path)
        made.verdicts[file.path] = Verdict(file.path, digest_of(text), equal, "what was said")
    made.reject(made.items(two.path)[:1])
    found = {file.name: (file.verdict, file.said) for file in parts_of(made)}
    assert found["native.py"] == (word, "what was said")
    assert found["two.py"] == found["bridged.py"] == ("not verified", "")


def test_a_file_that_cannot_be_read_says_so(review):
    [file] = parts_of(review(broken="import tensorflow as tf\ntf.saved_model.simple_save(\n"))
    assert "not valid Python 3" in file.error
    assert (file.items, file.edited) == ((), None)


def test_what_is_too_large_is_left_out(review, monkeypatch):
    save = 'tf.saved_model.simple_save(sess, "out", {"x": x}, {"y": x * 2.0})'
    graph = f"with tf.Session() as sess:\n  x = tf.placeholder(tf.float32, [None])\n  {save}\n"
    made = review(long="import tensorflow as tf\n" + "# a remark\n" * 20 + graph)
    monkeypatch.setattr(parts, "_COLOURED", 1)
    html = "".join(part.diff.html for file in parts_of(made) for part in file.items if part.diff)
    assert "class=k" not in html
    assert "left out" not in html
    monkeypatch.setattr(parts, "_UNFOLDED", 1)
    html = "".join(part.diff.html for file in parts_of(made) for part in file.items if part.diff)
    assert "left out to keep the page small" in html
