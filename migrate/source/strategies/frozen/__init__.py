"""Frozen graphs: GraphDefs parsed from a file, run in sessions, and exported."""
