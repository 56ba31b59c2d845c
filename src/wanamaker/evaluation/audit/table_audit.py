"""The audit of a table: every detector that looks for a leak in data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError, SchemaError
from wanamaker.base.frames import require_columns
from wanamaker.evaluation.audit.caps import find_caps
from wanamaker.evaluation.audit.copies import find_copies
from wanamaker.evaluation.audit.examined import MOST_ROWS, Examined
from wanamaker.evaluation.audit.finding import SEVERITIES, Finding
from wanamaker.evaluation.audit.ids import find_ids, find_row_order
from wanamaker.evaluation.audit.impossible import find_impossible, quantities
from wanamaker.evaluation.audit.nulls import find_nulls
from wanamaker.evaluation.audit.outcomes import find_outcomes
from wanamaker.evaluation.audit.overlaps import find_overlaps
from wanamaker.evaluation.audit.parts import MOST_PARTS
from wanamaker.evaluation.audit.predictions import find_one_class, find_predictions
from wanamaker.evaluation.audit.shared_labels import find_shared_labels
from wanamaker.evaluation.audit.sums import find_sums
from wanamaker.events.columns import as_flags
from wanamaker.events.reading import read_table
from wanamaker.events.times import epoch_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wanamaker.base.frames import IntoFrame


def audit(
    table: IntoFrame,
    label: str,
    *,
    time: str | None = None,
    group: str | Sequence[str] | None = None,
    split: str | None = None,
    prediction: str | None = None,
    label_time: str | None = None,
) -> list[Finding]:
    """Look for leaks in a table of examples.

    A leak is something in the table that a model will not have when it is used: the label by arithmetic, an
    id made after the outcome, a user on both sides of a split. Run it before a model is believed, on the
    table that the model learns from. An empty list means that nothing of this kind (`DETECTORS`) was found;
    it does not prove that there is none. What only code can show (something fitted on test rows, same-time
    peers counted as past, padding that changes a score) is not looked for. Outcomes of the same period are
    noted only where a column's English name tells of one (`OUTCOME_WORDS`), for its numbers alone look like
    those of a strong honest feature: under another name they pass in silence.

    A strong feature is no finding: thresholds ask for effects that honest columns do not have, and where many
    values or formulas are tried, for a chance that is corrected for all of them.

    Parameters
    ----------
    table
        A polars, pandas or pyarrow table, an object with the Arrow PyCapsule interface, or a path.
    label
        The column of the label: 0/1 or true/false. Rows without one only count for the split.
    time
        The column of times, when each row is to be predicted.
    group
        One column or several whose values must not be on both sides of a split: users, sessions, terms.
    split
        The column that tells the part of each row, such as train, valid, test.
    prediction
        A column of predicted probabilities, judged on the test rows where ``split`` tells them.
    label_time
        When the label became known, for positives.

    Returns
    -------
    list of Finding
        The most severe first.

    Raises
    ------
    SchemaError
        If a column is missing, has two roles, or a type that its role does not allow.
    DataError
        If a label is neither 0 nor 1, all labels are equal, or a time cannot be read.

    Examples
    --------
    >>> table = pl.DataFrame({"views": [i % 7 for i in range(700)], "id": range(700)})
    >>> table = table.with_columns(bought=(pl.col("id") % 10 == 3).cast(pl.Int8))
    >>> [finding.detector for finding in audit(table, label="bought")]
    ['L3', 'L3']
    """
    groups = _names(group)
    roles = {"label": label, "time": time, "split": split, "prediction": prediction, "label_time": label_time}
    frame = read_table(table, ids=groups).frame
    named = {role: name for role, name in roles.items() if name is not None}
    _check_roles(named, groups)
    require_columns([*named.values(), *groups], frame.columns)
    _check_types(frame, named, groups)
    examined = _examined(frame, named, groups)
    return _ordered(_findings(examined))


def _names(group: Any) -> tuple[str, ...]:
    names = (group,) if isinstance(group, str) else tuple(group or ())
    if not all(isinstance(name, str) for name in names):
        message = f"The 'group' parameter of audit must be one column or several. Got {group!r}."
        raise ParameterTypeError(message, hint="Write group='user', or group=['user', 'session'].")
    return tuple(dict.fromkeys(names))


def _check_roles(named: dict[str, str], groups: tuple[str, ...]) -> None:
    for role, name in named.items():
        if not isinstance(name, str):
            message = f"The {role!r} parameter of audit must be the name of a column. Got {name!r}."
            raise ParameterTypeError(message)
    seen: dict[str, str] = {}
    for role, name in [*named.items(), *(("group", group) for group in groups)]:
        if name in seen:
            message = f"A column has one role. Got {name!r} as {seen[name]} and as {role}."
            raise ParameterError(message, hint=f"Give another column as {role}, or leave it out.")
        seen[name] = role


def _check_types(frame: pl.DataFrame, named: dict[str, str], groups: tuple[str, ...]) -> None:
    if "prediction" in named:
        dtype = frame[named["prediction"]].dtype
        if not (dtype.is_numeric() or dtype == pl.Boolean):
            message = f"The prediction column {named['prediction']!r} must be numeric. Got type {dtype}."
            raise SchemaError(message, hint="Give the predicted probability of label 1.")
    for role in ("time", "label_time"):
        if role in named:
            epoch_micros(frame[named[role]])
    nested = [name for name in (*groups, *(named.get("split"),)) if name and frame[name].dtype.is_nested()]
    if nested:
        message = (
            f"The column {nested[0]!r} must hold one id or name per row. Got type {frame[nested[0]].dtype}."
        )
        raise SchemaError(message)
    if "split" in named:
        parts = frame[named["split"]].drop_nulls().n_unique()
        if not 2 <= parts <= MOST_PARTS:  # noqa: PLR2004
            name = named["split"]
            message = (
                f"The split column {name!r} must name 2 to {MOST_PARTS} parts. Got {parts} distinct values."
            )
            raise DataError(message, hint="Give the column that says train, valid or test for each row.")


def _examined(frame: pl.DataFrame, named: dict[str, str], groups: tuple[str, ...]) -> Examined:
    label = named["label"]
    labels = as_flags(frame[label], "label")
    known = frame[label].is_not_null().to_numpy()
    kept, held = frame.filter(pl.Series(known)), labels[known]
    if len(held) == 0 or held.all() or not held.any():
        what = f"{int(held.sum()):,} of {len(held):,} rows are 1"
        message = f"The label column {label!r} must hold both 0 and 1. Got one class: {what}."
        raise DataError(message, hint="Give rows of both classes, or another label.")
    rows = np.arange(len(kept))
    if len(kept) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(len(kept), MOST_ROWS, replace=False))
    return Examined(
        kept,
        frame,
        label,
        held,
        rows,
        np.flatnonzero(known),
        groups=groups,
        **{role: name for role, name in named.items() if role != "label"},
    )


def _findings(examined: Examined) -> list[Finding]:
    """Run the detectors; a column that is settled by one of them is left out of the weaker ones."""
    nulls = find_nulls(examined)
    ids = find_ids(examined)
    alone = find_copies(examined)
    settled = _single(nulls + alone)
    copies = _not_of(alone, [*nulls, *ids])
    sums = find_sums(examined, settled)
    looked_at = list(quantities(examined, settled | _single(ids)))
    impossible = find_impossible(examined, looked_at)
    caps = _not_of(find_caps(examined, looked_at), impossible)
    found = [*nulls, *copies, *sums, *ids, *find_shared_labels(examined), *find_row_order(examined)]
    found += [*impossible, *caps, *find_outcomes(examined, settled), *find_overlaps(examined)]
    return [*found, *find_one_class(examined), *find_predictions(examined)]


def _single(findings: Iterable[Finding]) -> set[str]:
    return {name for finding in findings for name in finding.columns}


def _not_of(findings: list[Finding], others: Iterable[Finding]) -> list[Finding]:
    gone = _single(others)
    return [finding for finding in findings if not gone & set(finding.columns)]


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (SEVERITIES.index(finding.severity), finding.detector))
