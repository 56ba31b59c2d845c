"""Search terms: one row per term and day, their words, and what was known of them the day before."""
