"""A hash table that grows by one bucket at a time."""
