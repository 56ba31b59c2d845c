"""From event logs to journeys: one user's touches up to a conversion, or to where observation ends."""
