"""What is measured: scripts that do one job and print what they found as one line of JSON.

They are started by path, those of a peer with that peer's own interpreter, so they import nothing of
this package.
"""
