"""A graph that comes from a file and runs in a session: which values are graphs, sessions and tensors, and what is run.

A module is read as a whole, because such code spreads over helpers, methods and globals: `Places` says what is put
where, `Roles` what a value may be, `contexts` which graph is the default one, `Uses` what becomes of graphs and
sessions, `Run` what a session computes.
"""
