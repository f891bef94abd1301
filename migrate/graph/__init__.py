"""TensorFlow 1 graphs: read, understand, and turn into TensorFlow 2 SavedModels."""
