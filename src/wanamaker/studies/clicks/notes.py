"""Findings about the data that change how far the result can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from wanamaker.models.click_model import ClickModel
    from wanamaker.studies.clicks.parts import Parts
    from wanamaker.studies.clicks.predicted import Predicted
    from wanamaker.studies.clicks.study import ClicksStudy

_MUCH = 0.5


def notes_of(study: ClicksStudy, parts: Parts, model: ClickModel, found: Predicted) -> list[dict[str, Any]]:
    """Return the notes, each with ``code``, ``severity`` and ``message``."""
    made = [*_unseen(parts, found), *_ties(parts), *_unordered(parts)]
    made += [{"code": "split", "severity": "info", "message": told} for told in parts.split.notes]
    if study.columns.label_time is None:
        made.append(
            _note(
                "no_label_time",
                "warning",
                "The log does not say when a conversion became known, so every label counts from the moment "
                "of its event: what the model reads of earlier conversions may have been unknown then.",
            )
        )
    if model.needs_history:
        made.append(
            _note(
                "needs_history",
                "info",
                "To predict later rows, give the events before them as history: windows begin empty without.",
            )
        )
    return made


def _note(code: str, severity: str, message: str) -> dict[str, Any]:
    return {"code": code, "severity": severity, "message": message}


def _unseen(parts: Parts, found: Predicted) -> list[dict[str, Any]]:
    rows = len(parts.rows("test"))
    told = ", ".join(f"{column} {held:,}" for column, held in found.unseen.items() if held)
    if not told:
        return []
    much = any(held > _MUCH * rows for held in found.unseen.values())
    return [
        _note(
            "unseen_values",
            "warning" if much else "info",
            f"Test rows with a value that was not in training, of {rows:,}: {told}. What is learned of "
            "single values says nothing of them.",
        )
    ]


def _ties(parts: Parts) -> list[dict[str, Any]]:
    shared = len(parts.times) - len(np.unique(parts.times))
    if not shared:
        return []
    return [
        _note(
            "ties",
            "info",
            f"{shared:,} rows share their time with an earlier row of the log. Windows count none of the "
            "events of one moment for each other.",
        )
    ]


def _unordered(parts: Parts) -> list[dict[str, Any]]:
    if parts.in_order:
        return []
    return [
        _note(
            "interleaved_parts",
            "warning",
            "Test rows lie between training rows in time: what the model learned of values is partly later "
            "than the rows it is tested on. Baselines that need the order of time, ablation, learning curve "
            "and columns from the future are left out.",
        )
    ]
