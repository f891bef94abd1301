from __future__ import annotations

import json

from migrate.report.inlined import script_json, source_hash


def test_a_source_is_named_as_a_policy_names_it():
    assert source_hash("alert('Hello, world.');") == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="


def test_json_cannot_end_its_script_element():
    value = {"</script><!--": ["]]>", "&amp;", "\udcff\u2028", 1]}
    text = script_json(value)
    assert not set("<>&\u2028") & set(text)
    assert text.isascii()
    assert json.loads(text) == value
