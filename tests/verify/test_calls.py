import numpy as np

from migrate.verify.calls import kept
from migrate.verify.models import Failure, Outputs


def test_what_is_kept_does_not_change_with_the_memory_that_it_came_from():
    memory = np.zeros(2)
    answer = kept(Outputs({"y": memory[:1]}))
    memory[0] = 7.0
    assert isinstance(answer, Outputs)
    assert answer.parts["y"].tolist() == [0.0]


def test_a_failure_is_kept_as_it_is():
    failure = Failure("ValueError", "no")
    assert kept(failure) is failure
