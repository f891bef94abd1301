"""What a file takes from other modules of its tree, read as if it stood in the file, and put back afterwards."""
