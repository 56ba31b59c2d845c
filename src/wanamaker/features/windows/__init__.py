"""Window features: what they mean, and how they are written down."""
