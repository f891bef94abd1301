"""Python text in, Python text out: finding, reading and rewriting source files. Never imports tensorflow."""
