"""Findings about the data and the models that change how far the result can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wanamaker.studies.search_terms.fitted import Fits
    from wanamaker.studies.search_terms.parts import Parts

Rows = list[dict[str, Any]]

_SHOWN = 5
_MUCH_HIDDEN = 0.2


def notes_of(parts: Parts, fits: Fits) -> Rows:
    """Return the notes, each with ``code``, ``severity`` and ``message``."""
    told = parts.log.told
    made = [_note("reading", "info", message) for message in parts.log.notes]
    made += [_note("split", "warning", message) for message in parts.notes]
    made += [*_missing(told), *_hidden(told), *_young(parts)]
    made += [_note("training", "info", str(message)) for message in fits.model.training_["notes"]]
    return [*made, *_unseen(fits), *_still_learning(fits)]


def _note(code: str, severity: str, message: str) -> dict[str, Any]:
    return {"code": code, "severity": severity, "message": message}


def _missing(told: dict[str, Any]) -> Rows:
    days = told["missing_days"]
    if not days:
        return []
    shown = ", ".join(days[:_SHOWN]) + ("" if len(days) <= _SHOWN else ", …")
    message = (
        f"{len(days):,} of the log's days have no row at all ({shown}). They are read as days without an "
        "impression; if rows are missing, download those days too."
    )
    return [_note("missing_days", "warning", message)]


def _hidden(told: dict[str, Any]) -> Rows:
    if not told["hidden_rows"]:
        return []
    sums, hidden = told["sums"], told["hidden"]
    unit = "cost" if hidden.get("cost") else "clicks" if hidden.get("clicks") else "impressions"
    share = hidden.get(unit, 0.0) / max(sums.get(unit, 0.0) + hidden.get(unit, 0.0), 1e-12)
    message = (
        f"{share:.0%} of the {unit} goes to terms that are not shown ({told['hidden_rows']:,} rows). "
        "Nothing here is said of them."
    )
    return [_note("hidden_terms", "warning" if share > _MUCH_HIDDEN else "info", message)]


def _young(parts: Parts) -> Rows:
    rows = parts.within(parts.until, parts.as_of)
    if not len(rows):
        return []
    first = str(rows["date"].dt.to_string().min())
    message = (
        f"{len(rows):,} term days from {first} on are too young: too few of their conversions are known, "
        f"and they are in no part ({rows['conversions'].sum():,.0f} conversions so far)."
    )
    return [_note("young_days", "info", message)]


def _unseen(fits: Fits) -> Rows:
    found = fits.model.unseen(fits.test.rows)
    words = found.get("words", 0)
    if not words:
        return []
    message = f"{words:,} words of the test rows are read as unknown: too rare in training, or not in it."
    return [_note("unknown_words", "info", message)]


def _still_learning(fits: Fits) -> Rows:
    told = fits.model.training_
    curve, best = told.get("curve") or [], told.get("best_epoch")
    if not curve or best is None or best < curve[-1]["epoch"]:
        return []
    message = (
        "The network's validation loss was still falling when the epochs ended: more epochs under "
        "[training] may make it better."
    )
    return [_note("still_learning", "warning", message)]
