"""SavedModels and MetaGraphs that are loaded into sessions."""
