"""The leakage audit of the table that baselines learn from: counts and features, one row per session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.evaluation.audit import audit
from wanamaker.evaluation.session_counts import SessionCounts
from wanamaker.studies.sessions.split import PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.session_questions import Questions
    from wanamaker.studies.sessions.fitted import Candidates
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

_PART, _PREDICTION, _USER = "(part)", "(prediction)", "(user)"


def audited(study: SessionsStudy, parts: Parts, found: Candidates) -> list[dict[str, Any]]:
    """Return the findings; of a session that is asked often, one question drawn at random is a row."""
    counts = SessionCounts(parts.of("train"))
    label = str(study.columns.label or f"{study.columns.outcome} follows")
    tables = []
    for part in PARTS:
        sessions, asked = parts.of(part), parts.questions(part)
        rows = _one_each(asked, study.model.seed)
        matrix = counts.matrix(sessions, asked)
        predicted = found.fit.test if part == "test" else np.full(len(asked), np.nan)
        told = {
            label: pl.Series(asked.labels[rows].astype(np.int8)),
            _PART: pl.Series([part] * len(rows), dtype=pl.String),
            _PREDICTION: pl.Series(predicted[rows], nan_to_null=True),
        }
        if "user" in sessions.table.columns:
            told[_USER] = sessions.table["user"].gather(asked.sessions[rows])
        values = pl.DataFrame(matrix.values[rows], schema=list(matrix.names), nan_to_null=True)
        tables.append(values.with_columns(**told))
    table = pl.concat(tables)
    group = _USER if _USER in table.columns else None
    findings = audit(table, label, group=group, split=_PART, prediction=_PREDICTION)
    return [finding.as_dict() for finding in findings]


def _one_each(asked: Questions, seed: int) -> NDArray[np.int64]:
    """Return one question of each session."""
    if asked.places is None:
        return np.arange(len(asked))
    order = np.random.default_rng(seed).permutation(len(asked))
    first = np.unique(asked.sessions[order], return_index=True)[1]
    return np.sort(order[first])
