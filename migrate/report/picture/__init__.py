"""Pictures of graphs: what a signature runs, collapsed by name scope, inputs to outputs.

subject -> flow -> scopes -> collapse -> boxes -> layout -> svg -> html, one file a step.
"""
