"""Exports of graphs that come from a MetaGraphDef with a checkpoint, or from a SavedModel."""
