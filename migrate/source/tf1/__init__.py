"""Names that ended with TensorFlow 1, in graph code that stays: most of them are in `migrate.tf1`."""
