"""Two texts side by side: which lines stay, which change, which only moved."""
