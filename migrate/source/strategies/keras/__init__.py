"""Keras models that are saved or frozen through the session of Keras."""
