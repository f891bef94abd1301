from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrate.graph.naming import identifier, module_places


def test_scopes_become_modules():
    places = module_places(["layer1/kernel", "layer1/bias", "w"])
    assert places["layer1/kernel"].path == "layer1.kernel"
    assert places["w"].path == "w"


def test_a_variable_that_is_also_a_scope():
    places = module_places(["w", "w/Adam", "w/Adam_1"])
    assert [p.path for p in places.values()] == ["w", "w_scope.Adam", "w_scope.Adam_1"]


def test_names_python_or_tf_module_have_already():
    paths = [p.path for p in module_places(["class/name", "variables", "1/x-y", "trainable_variables"]).values()]
    assert paths == ["class_.name_", "variables_", "_1.x_y", "trainable_variables_"]


def test_names_that_become_the_same():
    paths = [p.path for p in module_places(["a-b", "a.b", "a_b"]).values()]
    assert len(set(paths)) == 3


@given(
    st.lists(
        st.text("ab/-_1.", min_size=1, max_size=8).filter(lambda s: s.strip("/") == s and "//" not in s), unique=True
    )
)
def test_every_variable_has_a_place_of_its_own(names):
    places = module_places(names)
    assert set(places) == set(names)
    assert len({p.path for p in places.values()}) == len(names)
    modules = {p.scopes[: n + 1] for p in places.values() for n in range(len(p.scopes))}
    attributes = {(*p.scopes, p.attribute) for p in places.values()}
    assert not modules & attributes


@given(st.text())
def test_an_identifier_is_one(text):
    assert identifier(text).isidentifier()
