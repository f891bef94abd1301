"""Jupyter notebooks: their code as one Python program, and the program back into the cells it came from."""
