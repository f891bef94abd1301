"""Slices of a region: what a signature needs of the code around it."""
