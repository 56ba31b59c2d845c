"""Pages of simulated worlds: what was drawn, and what is true of it."""
