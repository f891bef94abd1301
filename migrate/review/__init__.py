"""The review of a migration: every proposal of a tree is looked at, decided on, and carried out or left."""
