"""Benchmarks: Wanamaker beside its peers, each measured as a process of its own."""
