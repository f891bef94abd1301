"""Graph-building code that stays as it is, and needs no session any more."""
