"""The leakage audit of an attribution study: touches and covariates against the flag of conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.evaluation.audit import audit
from wanamaker.events.columns import as_flags
from wanamaker.events.reading import read_table

if TYPE_CHECKING:
    from wanamaker.studies.attribution_study import AttributionStudy


def audited(study: AttributionStudy) -> list[dict[str, Any]] | None:
    """Return the findings as dictionaries; None where rows of the log do not say whether they converted.

    Values and costs are left out: they may well follow from a conversion, and no method predicts by them.
    """
    columns = study.columns
    if columns.path is not None or columns.event is not None:
        return None
    label = columns.converted or "conversion"
    time = columns.time if study.journeys.time_unit == "auto" else None
    read = list(dict.fromkeys(name for name in (label, time, columns.touch, *columns.covariates) if name))
    log = read_table(study.data.path, read, ids=[columns.touch]).frame
    flags = as_flags(log[label], "converted")
    if flags.all() or not flags.any():
        return None
    return [finding.as_dict() for finding in audit(log, label, time=time)]
