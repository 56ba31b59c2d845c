"""What says how many conversions a term will have: one way per file."""
