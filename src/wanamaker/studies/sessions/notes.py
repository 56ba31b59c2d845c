"""Findings about the data and the models that change how far the result can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wanamaker.studies.sessions.fitted import Candidates
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

Rows = list[dict[str, Any]]

_LEFT_OUT = {
    "gap": "{} sessions in the gap between the parts are in none.",
    "unlisted": "{} sessions whose value is not listed for any part are in none.",
    "unfinished": "{} sessions had not ended when the next part began, and are in no part.",
    "users": "{} sessions of users who come again in a later part are in no part, so that no user is on two "
    "sides.",
    "duplicates": "{} sessions that equal one of a later part in all that is read are in no part.",
}
_MUCH = 0.05


def notes_of(study: SessionsStudy, parts: Parts, found: Candidates) -> Rows:
    """Return the notes, each with ``code``, ``severity`` and ``message``.

    Parameters
    ----------
    study, parts, found
        The study, its sessions, and what was fitted.
    """
    made = [
        {key: note.as_dict()[key] for key in ("code", "severity", "message")} for note in parts.sessions.notes
    ]
    made += [
        _note(reason, "info", _LEFT_OUT[reason].format(f"{count:,}"))
        for reason, count in parts.apart.left_out.items()
    ]
    if parts.unasked:
        message = (
            f"{parts.unasked:,} sessions begin with the outcome: nothing can be asked of them before it."
        )
        made.append(_note("unasked", "info", message))
    made += [_note("split", "info", message) for message in parts.apart.split.notes]
    made += [_note("training", "info", str(message)) for message in found.kept.training_["notes"]]
    return [*made, *_unseen(study, parts, found), *_untrained(found)]


def _note(code: str, severity: str, message: str) -> dict[str, Any]:
    return {"code": code, "severity": severity, "message": message}


def _unseen(study: SessionsStudy, parts: Parts, found: Candidates) -> Rows:
    """Say how much of the test part the model does not know."""
    test = parts.of("test")
    counts = {name: count for name, count in found.kept.unseen(test).items() if count}
    if not counts:
        return []
    told = ", ".join(
        f"{study.columns.event if name == 'event' else name} {count:,}" for name, count in counts.items()
    )
    rows = max(len(test.events), len(test))
    much = any(count > _MUCH * rows for count in counts.values())
    message = f"Values of the test part that are read as unknown, too rare in training or not in it: {told}."
    return [_note("unseen_values", "warning" if much else "info", message)]


def _untrained(found: Candidates) -> Rows:
    """Say which networks were still learning when their epochs ended."""
    late = [
        name
        for name, losses in found.losses.items()
        if len(losses["curve"]) and losses["best_epoch"] >= losses["curve"][-1]["epoch"]
    ]
    if not late:
        return []
    message = (
        f"The validation loss of {', '.join(late)} was still falling when the epochs ended: more epochs "
        "under [training] may make them better."
    )
    return [_note("still_learning", "warning", message)]
