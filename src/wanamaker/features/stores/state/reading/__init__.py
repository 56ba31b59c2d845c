"""Reading the features of a key."""
