"""Equal cells under one number."""
