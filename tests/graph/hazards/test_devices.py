import pytest
from graphs import FLOAT, Graph
from model_fixtures import model_fixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


def pinned(device: str) -> Graph:
    g = Graph()
    g.placeholder("x")
    g.node("y", "Tanh", "x", T=FLOAT, device=device)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    return g


@pytest.mark.parametrize(
    "device", ["/job:ps/task:0", "/device:GPU:1", "/gpu:0", "/job:localhost/replica:0/task:0/device:TPU:0"]
)
def test_pins(device: str) -> None:
    assert device in only(pinned(device), HazardKind.DEVICE, Severity.NOTE).message


@pytest.mark.parametrize("device", ["", "/cpu:0", "/device:CPU:0", "/job:localhost/replica:0/task:0/device:CPU:0"])
def test_the_first_cpu_is_everywhere(device: str) -> None:
    assert hazards_of(pinned(device)) == []


def test_one_for_each_device() -> None:
    hazards = hazards_of(golden_view(model_fixture("device_pins")), HazardKind.DEVICE)
    assert len({h.message for h in hazards}) == len(hazards) == 5
    assert sum(h.count for h in hazards) > 20
