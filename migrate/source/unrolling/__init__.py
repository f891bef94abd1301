"""Loops that make variables a known number of times, and sizes that these are made of, written out."""
