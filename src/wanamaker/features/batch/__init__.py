"""Window features over a whole log at once."""
