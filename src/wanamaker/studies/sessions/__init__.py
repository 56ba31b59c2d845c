"""The sessions study: what a visit leads to, from its events, from its features, or from both."""
