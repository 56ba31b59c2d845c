"""The world of sessions: what a visitor does in which order, and the known probability of a purchase."""

from __future__ import annotations
