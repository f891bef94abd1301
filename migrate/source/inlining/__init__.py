"""Reads a graph that several functions, or the methods of a class, build, as one function that builds it.

The export strategies understand straight lines. So a call of a helper is replaced by the statements of the helper, on
the text, as a person would do it by hand: parameters become what is given, local names stay apart, `return x, y`
becomes the assignment. Then the strategies see one function, and the plan is made and written for that text.
"""
