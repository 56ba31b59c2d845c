"""The network of a study: how good it is, how it was trained, what its pieces are worth."""

from __future__ import annotations

from wanamaker.reports.attribution.network.quality import network_section
from wanamaker.reports.attribution.network.trained import trained_section

__all__ = ["network_section", "trained_section"]
