from __future__ import annotations

from migrate.graph.code.names import method_names
from migrate.graph.naming import Place


def test_every_key_has_a_method_of_its_own():
    keys = [
        "serving_default",
        "a b",
        "a:b",
        "",
        "class",
        "A_B",
        "1st",
        "initialization",
        "w",
        "caf\u00e9",
        "__init__",
        "variables",
    ]
    names = method_names(keys, [Place((), "w"), Place(("layer",), "kernel")])
    assert list(names) == keys
    assert names["serving_default"] == "serving_default"
    assert len({name.lower() for name in names.values()}) == len(keys)
    assert all(name.isidentifier() and not name.startswith("_") for name in names.values())
    assert not {"w", "layer", "initialization", "variables", "signature"} & set(names.values())
