"""The arrays of all key groups, by their addresses."""
