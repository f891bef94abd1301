from __future__ import annotations

from textwrap import dedent

import pytest
from lowering import ROWS, STEPS, lowered, refused, variables

CELL = "cell = tf.nn.rnn_cell.BasicLSTMCell(3)"
RUN = "outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)"


def test_the_cell_becomes_its_variables_and_a_call():
    found = lowered(STEPS, CELL, RUN)
    assert found.endswith(
        'basic_lstm_cell_kernel = tf.get_variable("rnn/basic_lstm_cell/kernel", [7, 12])\n'
        'basic_lstm_cell_bias = tf.get_variable("rnn/basic_lstm_cell/bias", [12], initializer=tf.zeros_initializer())\n'
        "outputs, state = lstm_layer(x, 3, basic_lstm_cell_kernel, basic_lstm_cell_bias, 1.0)\n"
    )
    assert found.count("def lstm_layer(") == 1


def test_the_states_parts_are_a_tuples():
    found = lowered(STEPS, CELL, RUN, "y = state.h + state.c", "z = tf.layers.dense(state.h, 2)")
    assert "y = state[1] + state[0]\n" in found
    assert "tf.matmul(state[1], dense_kernel)" in found


def test_an_attribute_of_anything_else_stays():
    assert "y = other.h" in lowered(STEPS, CELL, RUN, "y = other.h")


def test_layers_of_cells_run_one_after_the_other():
    lines = (
        "cells = [tf.contrib.rnn.GRUCell(n) for n in [3, 2]]",
        "stack = tf.nn.rnn_cell.MultiRNNCell(cells)",
        "outputs, state = tf.nn.dynamic_rnn(stack, x, dtype=tf.float32)",
        "y = tf.layers.dense(outputs[:, -1], 2)",
    )
    found = variables(STEPS, *lines)
    assert found["rnn/multi_rnn_cell/cell_0/gru_cell/gates/kernel"] == "[7, 6]"
    assert found["rnn/multi_rnn_cell/cell_1/gru_cell/candidate/kernel"] == "[5, 2]"
    assert found["dense/kernel"] == "[2, 2]"
    assert "outputs, state = outputs_3, (state_2, state_3)\n" in lowered(STEPS, *lines)


def test_both_ways():
    lines = (
        "ends = tf.placeholder(tf.int32, [None])",
        "one, other = tf.nn.rnn_cell.LSTMCell(2), tf.nn.rnn_cell.LSTMCell(2)",
    )
    reason = refused(STEPS, *lines, "y = tf.nn.bidirectional_dynamic_rnn(one, other, x, ends, dtype=tf.float32)")
    assert "not known here" in reason
    found = lowered(
        STEPS,
        lines[0],
        "one = tf.nn.rnn_cell.LSTMCell(2)",
        "outputs, _ = tf.nn.bidirectional_dynamic_rnn(one, tf.nn.rnn_cell.LSTMCell(3), x, ends, dtype=tf.float32)",
        "y = tf.layers.dense(tf.concat(outputs, 2), 4)",
    )
    assert "reversed_steps = tf.reverse_sequence(x, ends, 1)\n" in found
    assert '"bidirectional_rnn/bw/lstm_cell/kernel", [7, 12]' in found
    assert '"dense/kernel", [5, 4]' in found


def test_static_loops_go_over_the_same_steps():
    lines = (
        "steps = tf.unstack(x, 5, 1)",
        "outputs, _ = tf.nn.static_rnn(tf.nn.rnn_cell.BasicRNNCell(3), steps, dtype=tf.float32)",
        "y = tf.layers.dense(outputs[-1], 2)",
    )
    found = lowered(STEPS, *lines)
    assert "outputs, _ = tf.unstack(outputs_2, 5, 1), state\n" in found
    assert '"dense/kernel", [3, 2]' in found


def test_a_result_that_is_not_taken_apart_is_a_tuple():
    found = lowered(STEPS, CELL, "r = tf.nn.dynamic_rnn(cell, x, time_major=True, dtype=tf.float32)", "y = r[0]")
    assert "r = (tf.transpose(outputs, [1, 0, 2]), state)\n" in found


def test_a_zero_state_is_where_a_layer_starts():
    zero = "zero = cell.zero_state(tf.shape(x)[0], tf.float32)"
    found = lowered(STEPS, CELL, zero, "y, _ = tf.nn.dynamic_rnn(cell, x, initial_state=zero)")
    assert "zero_state" not in found


def test_dropout_of_cells_that_keeps_all_is_nothing():
    wrapped = "cell = tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=keep)"
    keep = "keep = tf.placeholder_with_default(1.0, [])"
    assert "lstm_layer(" in lowered(STEPS, keep, CELL, wrapped, RUN)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("cell = tf.nn.rnn_cell.LSTMCell(3, use_peepholes=True)", RUN), "peepholes"),
        (("cell = tf.nn.rnn_cell.LSTMCell(3, num_proj=2)", RUN), "num_proj"),
        (("cell = tf.nn.rnn_cell.LSTMCell(3, cell_clip=1.0)", RUN), "cell_clip"),
        (("cell = tf.nn.rnn_cell.BasicLSTMCell(3, state_is_tuple=False)", RUN), "state_is_tuple"),
        (("cell = tf.nn.rnn_cell.GRUCell(3, activation=tf.nn.relu)", RUN), "activation is not tanh"),
        (("cell = tf.contrib.rnn.LSTMBlockCell(3)", RUN), "not a cell that can be written out"),
        ((CELL, RUN, "print(cell.state_size)"), "other than by a recurrent layer"),
        ((CELL, RUN, "y = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope='b')"), "used twice"),
        (("cell = make()", RUN), "is not known here"),
        (
            (CELL, "cell = tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=0.5)", RUN),
            "at random, unless output_keep_prob",
        ),
        ((CELL, "y = tf.nn.dynamic_rnn(cell, x, initial_state=given)"), "is not a zero_state"),
        (("cell = tf.nn.rnn_cell.MultiRNNCell([make()] * 2)", RUN), "not listed here"),
    ],
)
def test_refused(lines: tuple[str, ...], reason: str):
    assert reason in refused(STEPS, *lines)


def test_inputs_without_steps_are_refused():
    assert "dimensions, not 3" in refused(ROWS, CELL, RUN)


@pytest.mark.parametrize("where", ["input", "output"])
def test_what_a_run_may_drop_is_dropped(where: str):
    wrapped = f"cell = tf.nn.rnn_cell.DropoutWrapper(cell, {where}_keep_prob=keep)"
    text = lowered(STEPS, "keep = tf.placeholder(tf.float32)", CELL, wrapped, RUN)
    dropped = {"input": "kept_steps = tf.nn.dropout(x, keep)", "output": "outputs_2 = tf.nn.dropout(outputs_2, keep)"}
    assert dropped[where] in text


def test_a_probability_that_is_fed_is_not_taken_for_one():
    wrapped = "cell = tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=keep)"
    lines = (STEPS, "keep = tf.placeholder_with_default(1.0, [])", CELL, wrapped, RUN)
    assert "tf.nn.dropout(outputs_2, keep)" in lowered(*lines, "feed = {keep: 0.5}")
    assert "dropout" not in lowered(*lines).partition("lstm_layer(")[2].replace("DropoutWrapper", "")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("state_keep_prob=keep", "parts of the state"),
        ("output_keep_prob=keep, seed=3", "depends on its seed"),
        ("output_keep_prob=keep, variational_recurrent=True", "the same at each step"),
        ("output_keep_prob=keep + 0.0", "at random"),
    ],
)
def test_droppings_that_have_no_counterpart(more: str, reason: str):
    wrapped = f"cell = tf.nn.rnn_cell.DropoutWrapper(cell, {more})"
    assert reason in refused(STEPS, "keep = tf.placeholder(tf.float32)", CELL, wrapped, RUN)


def test_zero_states_with_keywords():
    state = "state = cell.zero_state(batch_size=tf.shape(x)[0], dtype=tf.float32)"
    run = "y, last = tf.nn.dynamic_rnn(cell, x, initial_state=state)"
    assert "lstm_layer(x" in lowered(STEPS, CELL, state, run)
    assert "zero_state" in refused(STEPS, CELL, state.replace("float32", "float64"), run)


def test_cells_alone_in_a_block_leave_it_whole():
    cells = """
        with tf.variable_scope('a'):
            one = tf.nn.rnn_cell.GRUCell(4)
            many = tf.nn.rnn_cell.MultiRNNCell([one])
    """
    text = lowered(STEPS, dedent(cells), "y, last = tf.nn.dynamic_rnn(many, x, dtype=tf.float32)")
    assert "with tf.variable_scope('a'):\n    pass\n" in text


def test_a_size_that_a_variable_takes_from_a_layer():
    text = lowered(STEPS, CELL, RUN, "size = outputs.shape[2].value", "w = tf.get_variable('w', [size])")
    assert "size = 3\n" in text


def test_a_size_that_is_only_known_at_run_time_stays():
    text = lowered(STEPS, CELL, RUN, "size = given.shape[2].value", "w = tf.get_variable('w', [size])")
    assert "size = given.shape[2].value" in text
