"""The world of search terms: what people searched for, clicked and bought, with known effects of words."""

from __future__ import annotations
