"""What the sessions report is made from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Rows = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class SessionsResults:
    """Everything that the sessions report shows, as values that JSON knows.

    A *figure* is a dictionary of ``value``, ``low`` and ``high``; the ends are None where there is no
    interval.

    Parameters
    ----------
    title
        What was studied.
    facts
        How the numbers came about: ``version``, ``model`` (the cell that is kept), ``model_seed``, ``why``,
        ``cells``, ``seeds``, ``columns`` (role to name), ``question`` (what comes
        after "whether"), ``per_event`` (whether it is asked
        after every event), ``has_events``, ``split``, ``bootstrap``, ``refit`` and ``parameters``.
    parts
        One row for train, valid and test: ``part``, ``sessions``, ``events``, ``rows`` (questions),
        ``positives``, ``rate``, ``rate_low``, ``rate_high`` (each question counting the same), ``start``,
        ``end``, ``values`` (of the column that splits).
    metrics
        ``test`` and ``valid``: name to figure; ``test_by_session`` the same with each session counting once,
        where one is asked several times; ``baselines``: name of the model to the same.
    comparisons
        Paired with the model that is kept on the same test rows: ``against``, ``value``, ``low``, ``high`` of
        the difference in AUC.
    candidates
        One row per model that was fitted, cells first: what `compared_fits` returns, and ``network``.
    losses
        Cell to ``curve`` (``epoch``, ``train_loss``, ``valid_loss``, ``seconds``), ``best_epoch`` and
        ``stopped``.
    prefixes
        ``by_events``, ``by_wait`` and ``earliest`` (see `wanamaker.evaluation.session_prefixes`), and the
        ``models`` that are shown; empty without events.
    calibration
        ``method``, ``why`` and ``bins``.
    curves, gains, decision
        As in the clicks report.
    explained
        ``sessions``: some sessions with their ``events`` (``event``, ``seconds``, ``probability``,
        ``removal``, ``integrated_gradients``) and ``features``; ``effects``: the mean size by event or
        feature.
    audit
        The audit's findings as dictionaries; None where it was not asked for.
    truth
        For simulated logs only: ``roc_auc`` of the true probabilities, and ``rank_correlation`` with them.
    notes
        Findings about the data, with ``code``, ``severity`` and ``message``.
    """

    title: str
    facts: dict[str, Any]
    parts: Rows
    metrics: dict[str, Any]
    comparisons: Rows = field(default_factory=list)
    candidates: Rows = field(default_factory=list)
    losses: dict[str, Any] = field(default_factory=dict)
    prefixes: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)
    curves: dict[str, Any] = field(default_factory=dict)
    gains: Rows = field(default_factory=list)
    decision: dict[str, Any] = field(default_factory=dict)
    explained: dict[str, Any] = field(default_factory=dict)
    audit: Rows | None = None
    truth: dict[str, Any] | None = None
    notes: Rows = field(default_factory=list)

    @property
    def noun(self) -> str:
        """What one row is."""
        return "session"

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)

    def part(self, name: str) -> dict[str, Any]:
        """Return the row of one part of the log."""
        return next(row for row in self.parts if row["part"] == name)
