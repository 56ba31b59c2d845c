"""What the clicks report is made from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Rows = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class ClicksResults:
    """Everything that the clicks report shows, as values that JSON knows.

    A *figure* is a dictionary of ``value``, ``low`` and ``high``; the ends are None where there is no
    interval.

    Parameters
    ----------
    title
        What was studied.
    facts
        How the numbers came about: ``version``, ``model``, ``columns`` (role to name), ``split``
        (``by``, ``column``, ``gap_seconds``, ``maturity_seconds``, ``unmatured``, ``hidden``), ``seed``,
        ``bootstrap``, ``time_zone``, ``refit``, ``features``, ``windows`` and ``trees`` (how many), and
        ``parameters`` of the model.
    parts
        One row for train, valid and test: ``part``, ``rows``, ``positives``, ``rate``, ``rate_low``,
        ``rate_high``, ``start``, ``end``.
    metrics
        ``test`` and ``valid``: name to figure; ``baselines``: name of the model to the same.
    comparisons
        Paired with the study's model on the same test rows: ``against``, ``value``, ``low``, ``high`` of the
        difference in AUC.
    delay
        How long labels took: ``quantiles`` (share to seconds) and ``positives``; None without label times.
    ablation
        Rows of ``name``, ``features``, ``roc_auc``, ``log_loss``, ``difference`` and
        ``log_loss_difference`` (figures; differences paired with the study's model).
    honesty
        Rows of ``name``, ``roc_auc``, ``log_loss`` and ``gain`` (figures).
    learning
        Rows of ``share``, ``rows``, ``positives``, ``hours`` and ``roc_auc`` (a figure).
    calibration
        ``method``, ``why``, ``bins`` (``mean``, ``rate``, ``low``, ``high``, ``rows``), and the range.
    curves
        ``roc`` (``x``, ``y``) and ``pr`` (``x``, ``y``), by model.
    gains
        Rows of ``share`` (of the test rows, best first), ``captured``, ``low``, ``high``, ``lift``,
        ``precision``.
    decision
        ``rule``, ``threshold``, ``why``, ``rows`` (``threshold``, ``flagged``, ``precision``, ``recall``,
        ``f1``, ``cost``), and ``costs`` where there are some.
    explored
        ``values`` (rates by top values), ``hours``, ``densities``, ``correlation``, ``vectors``.
    importance
        ``features`` (``feature``, ``family``, ``importance``), ``families``, ``examples``.
    audit
        The audit's findings as dictionaries; None where it was not asked for.
    tuning
        ``trials``, ``best``, ``metric``; None where nothing was tuned.
    truth
        For simulated logs only: what the true probabilities would reach; else None.
    notes
        Findings about the data, with ``code``, ``severity`` and ``message``.
    """

    title: str
    facts: dict[str, Any]
    parts: Rows
    metrics: dict[str, Any]
    comparisons: Rows = field(default_factory=list)
    delay: dict[str, Any] | None = None
    ablation: Rows = field(default_factory=list)
    honesty: Rows = field(default_factory=list)
    learning: Rows = field(default_factory=list)
    calibration: dict[str, Any] = field(default_factory=dict)
    curves: dict[str, Any] = field(default_factory=dict)
    gains: Rows = field(default_factory=list)
    decision: dict[str, Any] = field(default_factory=dict)
    explored: dict[str, Any] = field(default_factory=dict)
    importance: dict[str, Any] = field(default_factory=dict)
    audit: Rows | None = None
    tuning: dict[str, Any] | None = None
    truth: dict[str, Any] | None = None
    notes: Rows = field(default_factory=list)

    @property
    def noun(self) -> str:
        """What one row is."""
        return "click"

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)

    def part(self, name: str) -> dict[str, Any]:
        """Return the row of one part of the log."""
        return next(row for row in self.parts if row["part"] == name)
