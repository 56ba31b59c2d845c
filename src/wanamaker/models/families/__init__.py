"""Families of features, one per file: fitted on training rows, told of later rows from history."""
