"""Makes the new code: LibCST nodes of the old source, moved and respelled."""
