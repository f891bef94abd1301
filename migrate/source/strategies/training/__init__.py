"""Training loops: what the session did is read, and done by a step of training with `tf.GradientTape`."""
