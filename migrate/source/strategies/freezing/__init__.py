"""Variables turned into constants."""
