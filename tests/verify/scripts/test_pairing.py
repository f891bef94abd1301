from pathlib import Path

from migrate import protos
from migrate.verify.scripts.pairing import pair_exports
from migrate.verify.scripts.results import Export, ExportKind


def export(name: str, kind: ExportKind = ExportKind.SAVED_MODEL, path: Path = Path("/none")) -> Export:
    return Export(kind, name, path)


def pairs(before: list[Export], after: list[Export]) -> list[tuple[str | None, str | None, str]]:
    return [
        (match.before and match.before.name, match.after and match.after.name, match.how)
        for match in pair_exports(before, after)
    ]


def model(directory: Path, *keys: str) -> Path:
    message = protos.saved_model()
    graph = message.meta_graphs.add()
    graph.meta_info_def.tags.append("serve")
    for key in keys:
        graph.signature_def[key].method_name = "tensorflow/serving/predict"
    directory.mkdir()
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    return directory


def test_the_same_path_goes_first():
    assert pairs([export("a"), export("b")], [export("b"), export("a")]) == [
        ("a", "a", "the same path"),
        ("b", "b", "the same path"),
    ]


def test_version_numbers_do_not_matter():
    assert pairs([export("{out}/x/1546300800")], [export("{out}/y/2"), export("{out}/x/1700000000")]) == [
        ("{out}/x/1546300800", "{out}/x/1700000000", "the same path but for the version number"),
        (None, "{out}/y/2", ""),
    ]
    # A number in a name is no version.
    assert pairs([export("m1"), export("m2")], [export("m2")]) == [
        ("m1", None, ""),
        ("m2", "m2", "the same path"),
    ]


def test_then_the_signatures(tmp_path: Path):
    a, b = model(tmp_path / "a", "rank"), model(tmp_path / "b", "score")
    c, d = model(tmp_path / "c", "score"), model(tmp_path / "d", "rank")
    before = [export("{tmp}/x", path=a), export("{tmp}/y", path=b)]
    after = [export("{tmp}/p", path=c), export("{tmp}/q", path=d)]
    assert pairs(before, after) == [
        ("{tmp}/x", "{tmp}/q", "the same signature keys"),
        ("{tmp}/y", "{tmp}/p", "the same signature keys"),
    ]


def test_then_the_order():
    frozen = export("graph.pb", ExportKind.FROZEN_GRAPH)
    assert pairs([export("a"), frozen], [export("b"), export("c")]) == [
        ("a", "b", "the order of writing"),
        ("graph.pb", "c", "the order of writing"),
    ]


def test_what_has_no_other_is_told():
    assert pairs([export("a"), export("b")], [export("b")]) == [("a", None, ""), ("b", "b", "the same path")]
    assert pairs([], [export("b")]) == [(None, "b", "")]


def test_equal_exports_are_told_apart():
    assert len(pairs([export("a"), export("a")], [export("a"), export("a")])) == 2


def test_recorded_exports_are_paired_by_the_keys_that_they_had():
    before = [Export(ExportKind.SAVED_MODEL, name, Path("gone") / name) for name in ("a", "b")]
    after = [Export(ExportKind.SAVED_MODEL, name, Path("here") / name) for name in ("c", "d")]
    keys = {before[0]: "second", before[1]: "first", after[0]: "first", after[1]: "second"}
    found = pair_exports(before, after, keys)
    assert [(match.before, match.after, match.how) for match in found] == [
        (before[0], after[1], "the same signature keys"),
        (before[1], after[0], "the same signature keys"),
    ]
