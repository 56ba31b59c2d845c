"""Where the state of live window features is kept."""
