"""How networks are trained and asked: options, the loop, checkpoints, scores."""
