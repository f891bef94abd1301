"""Graphs without variables, made of GraphDefs and plain operations where they are exported."""
