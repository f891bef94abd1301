"""How cells and the like are used beside the golden, and what they refuse."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import recurrent_comparing as comparing
import tensorflow as tf

from migrate.tf1.contrib import learn, lookup, metrics, rnn, seq2seq, training
from migrate.tf1.nn import rnn_cell

pytestmark = pytest.mark.tensorflow
v1 = tf.compat.v1


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: rnn_cell.LSTMCell(3, unroll=True), TypeError, "`unroll`; leave it out"),
        (lambda: rnn_cell.GRUCell(3, activation="gelu"), ValueError, "gelu"),
        (lambda: rnn_cell.LSTMCell(3, initializer="best"), ValueError, "initializer .best."),
        (lambda: rnn_cell.BasicLSTMCell(3, dtype=tf.int32), ValueError, "floating point inputs"),
        (lambda: rnn_cell.MultiRNNCell([]), ValueError, "at least one cell"),
        (lambda: rnn_cell.MultiRNNCell([rnn_cell.LSTMCell(2)], state_is_tuple=False), ValueError, "state_is_tuple"),
        (lambda: rnn_cell.DropoutWrapper(object()), TypeError, "not an RNNCell: it lacks output_size, state_size"),
        (lambda: rnn_cell.DropoutWrapper(rnn_cell.GRUCell(2), 1.5), ValueError, "input_keep_prob must be between"),
        (
            lambda: rnn_cell.DropoutWrapper(rnn_cell.GRUCell(2), variational_recurrent=True),
            ValueError,
            "dtype must be provided",
        ),
        (lambda: rnn.GRUBlockCell(), ValueError, "Exactly one of num_units or cell_size"),
        (lambda: rnn.stack_bidirectional_rnn([1], (1,), []), ValueError, "must be lists"),
        (lambda: rnn_cell.LSTMCell(2)(tf.ones([1, 2, 3]), None), ValueError, "inputs of rank 2, not of shape"),
        (lambda: seq2seq.BasicDecoder(rnn_cell.GRUCell(2), object(), None), TypeError, "helper must be a Helper"),
        (lambda: seq2seq.dynamic_decode(object()), TypeError, "Expected decoder to be a Decoder"),
        (lambda: seq2seq.AttentionWrapper(rnn_cell.GRUCell(2), object()), TypeError, "attention_mechanism must be"),
        (lambda: seq2seq.GreedyEmbeddingHelper(tf.ones([2, 2]), 1, 1), ValueError, "start_tokens must be a vector"),
        (lambda: seq2seq.monotonic_attention([[0.5]], [[1.0]], "soft"), ValueError, "mode must be"),
        (lambda: lookup.HashTable(None, 0, shared_name="x"), ValueError, "`shared_name`"),
        (lambda: lookup.index_table_from_tensor([1.5]), ValueError, "Expected string, got float32"),
        (lambda: lookup.IdTableWithHashBuckets(None, 2, "fast"), TypeError, "hasher_spec must be"),
        (lambda: lookup.IdTableWithHashBuckets(None, 2, key_dtype=tf.bool), TypeError, "integer or string, got bool"),
        (lambda: lookup.StrongHashSpec([1]), ValueError, "two integers"),
        (lambda: training.HParams(hparam_def=object()), ValueError, "`hparam_def`"),
        (lambda: learn.ModeKeys.validate("predict"), ValueError, "Invalid mode predict"),
        (lambda: metrics.streaming_mean_iou([1], [1], 2, num_classes=2), TypeError, "several values for num_classes"),
        (lambda: metrics.aggregate_metrics(), ValueError, "at least one"),
    ],
)
def test_refused(make: Callable[[], Any], error: type[Exception], said: str) -> None:
    with tf.Graph().as_default(), pytest.raises(error, match=said):
        make()


def test_eager_code_is_told_to_make_a_graph() -> None:
    cell = rnn_cell.GRUCell(2)
    with pytest.raises(RuntimeError, match=r"with tf\.Graph\(\)"):
        cell(tf.ones([1, 2]), tf.ones([1, 2]))


def test_variables_of_a_cell_and_a_copy() -> None:
    with tf.Graph().as_default():
        cell = rnn_cell.LSTMCell(2, use_peepholes=True)
        other = copy.deepcopy(cell)
        with pytest.raises(ValueError, match="before it is called"):
            _ = cell.scope_name
        state = cell.zero_state(tf.constant(3), tf.float32)
        cell(tf.ones([3, 4]), state)
        other(tf.ones([3, 4]), state)
        frozen = rnn_cell.GRUCell(2, trainable=False)
        frozen(tf.ones([3, 4]), state.h)
        assert (cell.scope_name, other.scope_name, frozen.name) == ("lstm_cell", "lstm_cell_1", "gru_cell_1")
        assert [each.name for each in cell.trainable_variables][:2] == ["lstm_cell/kernel:0", "lstm_cell/bias:0"]
        assert len(cell.weights) == 5 and cell.non_trainable_weights == []
        assert frozen.trainable_weights == [] and len(frozen.variables) == 4
        assert v1.trainable_variables() == cell.variables + other.variables
        assert state.c.shape == [3, 2] and state.dtype == tf.float32


def test_initial_states_of_inputs() -> None:
    with tf.Graph().as_default():
        cell = rnn_cell.BasicRNNCell(2)
        assert cell.get_initial_state(inputs=tf.ones([5, 3])).shape == [5, 2]
        with pytest.raises(ValueError, match="batch_size is 4"):
            cell.get_initial_state(inputs=tf.ones([5, 3]), batch_size=4)
        with pytest.raises(ValueError, match="dtype is float64"):
            cell.get_initial_state(inputs=tf.ones([5, 3]), dtype=tf.float64)
        with pytest.raises(ValueError, match="needs batch_size and dtype"):
            cell.get_initial_state(batch_size=2)


def test_cells_in_wrap_function() -> None:
    def model(x: Any) -> Any:
        cell = rnn_cell.MultiRNNCell([rnn_cell.LSTMCell(2), rnn_cell.GRUCell(2)])
        return v1.nn.dynamic_rnn(cell, x, dtype=tf.float32)[0]

    wrapped = v1.wrap_function(model, [tf.TensorSpec([None, None, 3], tf.float32)])
    assert wrapped(tf.ones([2, 4, 3])).shape == [2, 4, 2]
    assert {each.name for each in wrapped.variables} >= {"rnn/multi_rnn_cell/cell_0/lstm_cell/kernel:0"}


def test_a_vocabulary_that_tensorflow_1_saved() -> None:
    processor = learn.preprocessing.VocabularyProcessor.restore(str(comparing.HERE / "vocabulary.pickle"))
    assert np.array(list(processor.transform(["a cat sits down"]))).tolist() == [[4, 2, 3, 0]]
    assert list(processor.reverse([[1, 2]])) == ["the cat"]


def test_a_file_that_holds_something_else(tmp_path: Any) -> None:
    path = tmp_path / "other"
    path.write_bytes(b"\x80\x03K\x01.")
    with pytest.raises(TypeError, match="holds no VocabularyProcessor"):
        learn.preprocessing.VocabularyProcessor.restore(str(path))
