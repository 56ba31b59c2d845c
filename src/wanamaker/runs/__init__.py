"""Writing, verifying and loading run directories."""
