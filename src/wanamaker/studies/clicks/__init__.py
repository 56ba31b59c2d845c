"""The clicks study: which click converts, with probabilities that mean something."""
