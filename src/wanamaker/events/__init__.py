"""Event logs: schema, reading, validation, splitting in time."""
