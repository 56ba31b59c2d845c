"""The command line: a thin skin over the studies."""

from wanamaker.cli.main import app, main

__all__ = ["app", "main"]
