"""Models: from examples to an estimator, one model per file."""
