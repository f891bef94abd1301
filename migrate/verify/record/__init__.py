"""Proofs that are kept: recorded where two sides were equal, and checked again without the original."""
