"""Sessions: one visit each, a sequence of on-site events with what is known of the visit."""
