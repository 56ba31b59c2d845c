"""Credit by a journey network: one method per file."""
