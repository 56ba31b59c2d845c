"""Sessions scored as they happen, one event at a time, without torch."""
