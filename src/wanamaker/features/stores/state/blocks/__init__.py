"""Blocks of memory, and sorted lists in them."""
