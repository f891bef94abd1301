"""Recurrent cells as TensorFlow 1 had them; `migrate.tf1.nn.rnn_cell` and `migrate.tf1.contrib.rnn` give them out."""
