"""The command line: one file a command. Each parses its arguments, calls the API, and prints."""
