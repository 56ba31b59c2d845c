"""Models of sessions: the probability of an outcome, whole sessions and after every event."""
