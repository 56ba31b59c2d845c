"""Window features of events that come one at a time."""
