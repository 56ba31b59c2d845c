"""From an event log to what a model learns from: window features, category vectors, text, item vectors."""
