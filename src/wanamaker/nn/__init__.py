"""Building blocks of networks over ragged sequences, and the loop that trains them."""
