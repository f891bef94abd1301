"""Layers with TF1 names (`tf.layers`, `tf.contrib.layers`, recurrent cells), said with variables and plain ops.

TF2 has none of these. Each is a few ops on variables whose names follow from variable scopes and from the order of
the calls, so a call can be written out: `tf.get_variable` for each variable, under the name TF1 gave it, and the ops.
That is TF1 code still, with the same checkpoint and the same numbers, which the strategies can read.
"""
