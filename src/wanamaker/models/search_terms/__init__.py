"""Models of search terms: expected conversions of a term on a day, and what they hang on."""
