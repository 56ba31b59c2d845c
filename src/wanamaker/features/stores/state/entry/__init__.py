"""What Python calls: kernels over the arrays of all key groups."""
