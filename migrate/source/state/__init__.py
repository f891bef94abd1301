"""Variables, tables and layers of the graph: their TF1 names, and the TF2 code that makes them."""
