"""The state that the memory store keeps: arrays, and the kernels that work on them."""
