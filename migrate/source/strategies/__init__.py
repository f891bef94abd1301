"""Strategies: one way each to reach a level for one shape of code."""
