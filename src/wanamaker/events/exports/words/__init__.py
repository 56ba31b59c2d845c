"""Eight bytes of a text at a time."""
