"""`tf-migrate review` in the terminal: a tree of files and sites, their diffs, and why."""
