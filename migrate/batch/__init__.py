"""Many repositories in one run: each is fetched, rewritten and told about, wherever the work is done."""
