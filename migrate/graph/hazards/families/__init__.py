"""One module for each family of hazards. To add one, read `devices.py`, the smallest of them."""
