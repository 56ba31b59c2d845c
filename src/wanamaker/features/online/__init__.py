"""Window features one event at a time."""
