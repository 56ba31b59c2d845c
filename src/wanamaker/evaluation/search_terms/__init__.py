"""How good expected conversions of search terms are: over time, for unseen terms, and against the truth.

Arrays and plain tables in, plain values out; what fits the models and draws the results is above.
"""
