"""Sites that are rewritten together: how they are planned natively, carried out, and told of."""
