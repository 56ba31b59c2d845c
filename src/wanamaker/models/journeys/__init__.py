"""The probability that a journey converts, by a network over its touches, and the credit that follows."""
