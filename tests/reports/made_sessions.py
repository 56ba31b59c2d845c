"""Results for the sessions report, made without a log, of every shape that it must bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.reports.made_clicks import METRICS, figure
from wanamaker.reports.sessions import SessionsResults

OTHERS = ("logistic_counts", "trees_counts", "trees_recent")


@dataclass(frozen=True)
class MadeSessions:
    """What results to make."""

    names: tuple[str, ...] = ("view", "cart", "page")
    cells: tuple[str, ...] = ("rnn", "gru")
    events: bool = True
    per_event: bool = True
    intervals: bool = True
    by: str = "time"
    loses: bool = False
    positives: int = 900

    def results(self, **more: Any) -> SessionsResults:
        """Return the results."""
        model = self.cells[-1] if self.events else "features"
        given: dict[str, Any] = {
            "title": "Made",
            "facts": self.facts(model),
            "parts": [self._part(name) for name in ("train", "valid", "test")],
            "metrics": self.metrics(),
            "comparisons": [{"against": name, **self._gain(name)} for name in OTHERS],
            "candidates": self.candidates(),
            "losses": {name: _losses() for name in (self.cells if self.events else ("features",))},
            "prefixes": self.prefixes(model) if self.events else {},
            "calibration": {"method": "platt", "why": "The simplest.", "bins": _bins()},
            "curves": {kind: {name: _curve() for name in ("model", *OTHERS)} for kind in ("roc", "pr")},
            "gains": [_gain(share) for share in (0.01, 0.1, 0.5, 1.0)],
            "decision": _decision(),
            "explained": {"sessions": self.sessions(), "effects": self.effects()},
            "audit": [],
            "notes": [],
        }
        return SessionsResults(**{**given, **more})

    def facts(self, model: str) -> dict[str, Any]:
        """Return how the numbers came about."""
        return {
            "version": "0",
            "model": model,
            "model_seed": 1,
            "why": "the lowest log loss on the validation rows",
            "cells": list(self.cells) if self.events else [model],
            "seeds": 3,
            "columns": {"session": "visit", "event": "did", "label": None, "numeric": ["price"]},
            "question": "one of the next 3 events is 'buy', after each event",
            "per_event": self.per_event and self.events,
            "has_events": self.events,
            "split": {
                "by": self.by,
                "column": "month" if self.by == "column" else None,
                "gap_seconds": 3600.0,
                "left_out": {"users": 12, "unfinished": 3},
                "unasked": 5,
                "notes": [],
            },
            "bootstrap": 200,
            "refit": True,
            "parameters": {"width": 24, "learning_rate": 0.002},
        }

    def metrics(self) -> dict[str, Any]:
        """Return metrics of all parts and baselines."""
        half = 0.02 if self.intervals else None
        told = {name: figure(0.8, half) for name in METRICS}
        held: dict[str, Any] = {
            "test": told,
            "valid": told,
            "baselines": dict.fromkeys(("base_rate", *OTHERS), told),
        }
        return held | ({"test_by_session": told} if self.per_event and self.events else {})

    def candidates(self) -> list[dict[str, Any]]:
        """Return the rows of the comparison."""
        names = self.cells if self.events else ("features",)
        return [_candidate(name, network=True) for name in names] + [
            _candidate(name, network=False) for name in OTHERS
        ]

    def prefixes(self, model: str) -> dict[str, Any]:
        """Return quality by events and by wait."""
        areas = {name: figure(0.7) for name in (model, *OTHERS)}
        return {
            "models": [model, *OTHERS],
            "by_events": [_after(events) for events in range(1, 9)],
            "by_wait": [
                {"from": start, "to": stop, "positives": 40, "roc_auc": areas}
                for start, stop in ((0.0, 10.0), (10.0, 60.0), (60.0, None))
            ],
            "earliest": {
                "target": 0.7, "threshold": 0.6, "events": 3, "low": 2, "high": 5, "reached": 0.95,
                "sure": None, "flagged": 44, "precision": 0.72,
            },
            "at_target": [_after(events) for events in range(1, 9)],
        }  # fmt: skip

    def sessions(self) -> list[dict[str, Any]]:
        """Return sessions along their time line."""
        events = [
            {
                "position": place + 1,
                "event": name,
                "seconds": 40.0 * place,
                "probability": 0.2 + 0.1 * place,
                "removal": 0.3 - 0.2 * place,
                "integrated_gradients": 0.1 * place,
            }
            for place, name in enumerate(self.names)
        ]
        return [
            {
                "which": which,
                "session": f"{self.names[0]} {place}",
                "label": place == 0,
                "prediction": 0.9 - 0.4 * place,
                "events": events if self.events else [],
                "features": [{"name": "device", "value": self.names[0], "removal": 0.2}],
            }
            for place, which in enumerate(("high, and it came", "low, and it did not come"))
        ]

    def effects(self) -> list[dict[str, Any]]:
        """Return the mean sizes of effects."""
        rows = [{"name": "device", "kind": "feature", "times": 50, "removal": 0.2}]
        if not self.events:
            return rows
        more = {"removal_mean": 0.1, "integrated_gradients": 0.3, "integrated_gradients_mean": -0.1}
        none = dict.fromkeys(more)
        held = [{"name": name, "kind": "event", "times": 90, "removal": 0.4, **more} for name in self.names]
        return [*held, {**rows[0], **none}]

    def _part(self, name: str) -> dict[str, Any]:
        values = (
            {"train": ["Jan", "Feb"], "valid": ["Mar"], "test": ["Apr"]}[name] if self.by == "column" else []
        )
        times = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-09T00:00:00Z"}
        if self.by == "column":
            times = {"start": None, "end": None}
        rate = {"rate": 0.2, "rate_low": 0.18, "rate_high": 0.22}
        return {
            "part": name, "sessions": 2_000, "events": 9_000 if self.events else 0, "rows": 9_000,
            "positives": self.positives, **rate, **times, "values": values,
        }  # fmt: skip

    def _gain(self, name: str) -> dict[str, Any]:
        value = -0.03 if self.loses and name == "trees_recent" else 0.02
        return figure(value, 0.01 if self.intervals else None)


def _candidate(name: str, *, network: bool) -> dict[str, Any]:
    single = {"f1": 0.5, "roc_auc": 0.8, "pr_auc": 0.6, "log_loss": 0.4, "seconds": 2.0, "size": 100}
    many, half = (3, 0.01) if network else (1, None)
    return {
        "name": name, "network": network, "seeds": many, "size": 12_345, "unit": "weights", "seconds": 2.0,
        **{key: figure(single[key], half) for key in ("f1", "roc_auc", "pr_auc", "log_loss")},
        "fits": [{"seed": seed, "threshold": 0.3, "valid_log_loss": 0.4, **single} for seed in range(many)],
    }  # fmt: skip


def _after(events: int) -> dict[str, Any]:
    known = events < 8
    nothing = figure(None, None)
    return {
        "events": events, "rows": 900 - 90 * events, "positives": 90, "rate": 0.2, "rate_low": 0.15,
        "rate_high": 0.25, "predicted": 0.21, "flagged": 60 - 7 * events,
        "roc_auc": figure(0.7) if known else nothing, "calibration_ratio": figure(1.0),
        "precision": figure(0.6), "recall": figure(0.4),
        "others": {name: {"roc_auc": figure(0.65), "gain": figure(0.05)} for name in OTHERS} if known else {},
    }  # fmt: skip


def _losses() -> dict[str, Any]:
    curve = [
        {"epoch": epoch, "train_loss": 0.6 / epoch, "valid_loss": 0.5 + 0.02 * abs(epoch - 3), "seconds": 1.0}
        for epoch in range(1, 7)
    ]
    return {"curve": curve, "best_epoch": 3, "stopped": "no better for 3 epochs"}


def _bins() -> list[dict[str, Any]]:
    rows = [(0.05, 0.04), (0.2, 0.22), (0.6, 0.55)]
    return [
        {"mean": mean, "rate": rate, "low": rate - 0.02, "high": rate + 0.02, "rows": 200, "positives": 20}
        for mean, rate in rows
    ]


def _curve() -> dict[str, list[float]]:
    return {"x": [0.1, 0.5, 1.0], "y": [0.3, 0.8, 1.0]}


def _gain(share: float) -> dict[str, Any]:
    return {
        "share": share, "rows": round(2_000 * share), "positives": 10.0, "captured": share**0.5, "low": share,
        "high": 1.0, "lift": 2.0, "precision": 0.4, "budget": share < 1,
    }  # fmt: skip


def _decision() -> dict[str, Any]:
    row = {"threshold": 0.3, "flagged": 400, "positives": 250, "precision": 0.62, "recall": 0.7, "f1": 0.66}
    rows = [{**row, "threshold": at, "listed": True} for at in (0.1, 0.3, 0.6)]
    return {
        "rule": "f1", "threshold": 0.3, "why": "Here the F1 is highest.", "at": row, "of": 2_000,
        "rows": rows, "costs": None,
    }  # fmt: skip
