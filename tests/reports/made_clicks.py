"""Results for the clicks report, made without a log, of every shape that it must bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wanamaker.reports.clicks import ClicksResults

FAMILIES = {
    "count_ip_5m": "windows",
    "count_app_1h": "windows",
    "since_last_ip": "windows",
    "mean_app": "target means",
    "mean_channel": "target means",
    "frequency_ip": "frequencies",
    "vector_app_0": "category vectors",
    "hour_sin": "hour",
}
METRICS = ("roc_auc", "pr_auc", "log_loss", "normalised_log_loss", "calibration_ratio", "ece")
METRICS += ("f1", "precision", "recall")


def figure(value: float | None, half: float | None = 0.02) -> dict[str, float | None]:
    """Return a figure with an interval of this half-width; none without one."""
    if value is None or half is None:
        return {"value": value, "low": None, "high": None}
    return {"value": value, "low": value - half, "high": value + half}


@dataclass(frozen=True)
class MadeClicks:
    """What results to make."""

    names: tuple[str, ...] = ("game", "news", "shop")
    positives: int = 400
    intervals: bool = True
    by: str = "time"
    costs: bool = False
    tuned: bool = False
    compared: bool = True
    vectors: bool = True
    truth: bool = False

    def results(self, **more: Any) -> ClicksResults:
        """Return the results."""
        given: dict[str, Any] = {
            "title": "Made",
            "facts": self.facts(),
            "parts": self.parts(),
            "metrics": self.metrics(),
            "comparisons": [{"against": "logistic_one_hot", **self._figure(0.05)}],
            "delay": _delay(),
            "calibration": {"method": "platt", "why": "Fewer than 200 conversions.", "bins": _bins()},
            "curves": _curves(),
            "gains": _gains(),
            "decision": self.decision(),
            "explored": self.explored(),
            "importance": _importance(),
            "audit": [],
            "notes": [{"code": "ties", "severity": "info", "message": "26 rows share their time."}],
        }
        if self.compared:
            given |= self.compared_rows()
        if self.tuned:
            given["tuning"] = _tuning()
        if self.truth:
            given["truth"] = _truth()
        return ClicksResults(**{**given, **more})

    def _figure(self, value: float | None, half: float = 0.02) -> dict[str, float | None]:
        return figure(value, half if self.intervals else None)

    def facts(self) -> dict[str, Any]:
        """Return how the numbers came about."""
        return {
            "version": "0.1.0",
            "model": "xgboost",
            "columns": {"time": "t", "label": "installed", "categorical": ["app"], "label_time": None},
            "split": {
                "by": self.by,
                "column": "ip" if self.by == "group" else None,
                "gap_seconds": 3600.0,
                "maturity_seconds": 86_400.0,
                "unmatured": 12,
                "hidden": 3,
            },
            "seed": 0,
            "bootstrap": 200 if self.intervals else 0,
            "time_zone": "UTC",
            "refit": True,
            "features": len(FAMILIES),
            "windows": 3,
            "trees": 87,
            "parameters": {"learning_rate": 0.05, "max_depth": 6, "class_weight": None},
        }

    def parts(self) -> list[dict[str, Any]]:
        """Return the parts of the log."""
        return [
            {
                "part": part,
                "rows": rows,
                "positives": positives,
                "rate": positives / rows,
                "rate_low": 0.8 * positives / rows,
                "rate_high": 1.2 * positives / rows,
                "start": f"2017-11-0{day}T00:00:00Z",
                "end": f"2017-11-0{day}T23:59:59Z",
            }
            for day, (part, rows, positives) in enumerate(
                [
                    ("train", 70_000, 4 * self.positives),
                    ("valid", 10_000, 60),
                    ("test", 20_000, self.positives),
                ],
                1,
            )
        ]

    def metrics(self) -> dict[str, Any]:
        """Return metrics as ``metrics.json`` has them."""
        values = (0.95, 0.3, 0.02, 0.7, 1.05, 0.001, 0.4, 0.35, 0.45)
        ours = {name: self._figure(value) for name, value in zip(METRICS, values, strict=True)}
        rate = {**ours, "roc_auc": self._figure(0.5, 0.0), "precision": self._figure(None)}
        return {"test": ours, "valid": ours, "baselines": {"base_rate": rate, "logistic_one_hot": ours}}

    def decision(self) -> dict[str, Any]:
        """Return thresholds."""
        rows: list[dict[str, Any]] = [
            {
                "threshold": 0.001 * 2**place,
                "flagged": 20_000 // 2**place,
                "positives": 400 // (place + 1),
                "precision": 0.02 * 2**place / (place + 1),
                "recall": 1 / (place + 1),
                "f1": 0.1,
                "listed": place % 2 == 0,
                **({"cost": 100.0 * (5 - place) ** 2} if self.costs else {}),
            }
            for place in range(6)
        ]
        told: dict[str, Any] = {
            "rule": "f1",
            "threshold": 0.008,
            "why": "Because.",
            "at": rows[3],
            "rows": rows,
        }
        if self.costs:
            told |= {"costs": {"cost_fp": 1.0, "cost_fn": 50.0}, "cost_of_nothing": 20_000.0}
        return told

    def compared_rows(self) -> dict[str, Any]:
        """Return ablation, honesty and learning curve."""
        families = sorted(set(FAMILIES.values()))
        whole = {"name": "(nothing)", "features": 8, "roc_auc": self._figure(0.95), "difference": None}
        rows = [{**whole, "log_loss": self._figure(0.02), "log_loss_difference": None}]
        rows += [
            {
                "name": family,
                "features": 6,
                "roc_auc": self._figure(0.95 - 0.01 * place),
                "log_loss": self._figure(0.02),
                "difference": self._figure(0.01 * place, 0.015),
                "log_loss_difference": self._figure(0.001),
            }
            for place, family in enumerate(families)
        ]
        ahead = ("past-only", "+ whole-log counts", "+ time to next click")
        return {
            "ablation": rows,
            "honesty": [
                {
                    "name": name,
                    "roc_auc": self._figure(0.95 + 0.01 * place),
                    "log_loss": self._figure(0.02),
                    "gain": self._figure(0.01 * place) if place else None,
                }
                for place, name in enumerate(ahead)
            ],
            "learning": [
                {
                    "share": share,
                    "rows": int(70_000 * share),
                    "positives": int(1600 * share),
                    "roc_auc": self._figure(0.9 + 0.05 * share),
                    "log_loss": self._figure(0.02),
                }
                for share in (0.25, 0.5, 1.0)
            ],
        }

    def explored(self) -> dict[str, Any]:
        """Return rates by value and hour, densities, correlations and a map."""
        values = [
            {
                "column": column,
                "value": name,
                "rows": 100 * place,
                "positives": place,
                "rate": 0.01,
                "low": 0.001,
                "high": 0.05,
            }
            for column in ("app", "channel")
            for place, name in enumerate(self.names, 1)
        ]
        hours = [
            {"hour": hour, "rows": 100, "positives": 2, "rate": 0.02, "low": 0.005, "high": 0.07}
            for hour in range(24)
        ]
        density = {"edges": [0.0, 0.5, 1.0, 1.5], "others": [0.7, 0.2, 0.1], "converted": [0.1, 0.2, 0.7]}
        points = [{**row, "x": place / 3, "y": -place / 2} for place, row in enumerate(values)]
        return {
            "rate": 0.015,
            "time_zone": "UTC",
            "values": values,
            "hours": hours,
            "densities": [{"feature": name, **density, "missing": 0} for name in list(FAMILIES)[:3]],
            "correlation": {"names": ["a", "b"], "matrix": [[1.0, -0.4], [-0.4, 1.0]], "rows": 500},
            "vectors": {"points": points, "kept": 0.8} if self.vectors else {},
        }


def _delay() -> dict[str, Any]:
    rows = [{"delay": name, "conversions": 20, "share": 0.5} for name in ("≤ 10 s", "longer")]
    return {"quantiles": {"0.5": 40.0, "0.9": 7_200.0, "1.0": 200_000.0}, "histogram": rows}


def _bins() -> list[dict[str, Any]]:
    return [
        {
            "mean": 0.001 * 2**place,
            "rate": 0.0 if place == 0 else 0.0011 * 2**place,
            "low": 0.0005 * 2**place if place else 0.0,
            "high": 0.002 * 2**place,
            "rows": 2_000,
            "positives": place,
        }
        for place in range(8)
    ]


def _curves() -> dict[str, Any]:
    x = np.linspace(0, 1, 11)
    line = {"x": x.tolist(), "y": np.sqrt(x).tolist()}
    falling = {"x": x.tolist(), "y": (0.5 - 0.45 * x).tolist()}
    names = ("model", "logistic_one_hot")
    return {"roc": dict.fromkeys(names, line), "pr": dict.fromkeys(names, falling)}


def _gains() -> list[dict[str, Any]]:
    return [
        {
            "share": share,
            "rows": int(20_000 * share),
            "positives": 400 * share**0.3,
            "captured": share**0.3,
            "low": share**0.3 * 0.95,
            "high": min(1.0, share**0.3 * 1.05),
            "lift": share**-0.7,
            "precision": 0.02 * share**-0.7,
            "budget": share < 0.2,
        }
        for share in (0.01, 0.1, 0.5, 1.0)
    ]


def _importance() -> dict[str, Any]:
    features = [
        {"feature": name, "family": family, "importance": 1.0 / place}
        for place, (name, family) in enumerate(FAMILIES.items(), 1)
    ]
    sums = {
        family: sum(row["importance"] for row in features if row["family"] == family)
        for family in FAMILIES.values()
    }
    reasons = [
        {"feature": "mean_app", "contribution": -1.25, "value": "0.01"},
        {"feature": "count_ip_5m", "contribution": 0.5, "value": None},
    ]
    example = {
        "which": "high, converted",
        "event": "app 3, ip 17",
        "prediction": 0.31,
        "label": "yes",
        "reasons": reasons,
    }
    return {
        "features": features,
        "families": [{"family": family, "importance": held} for family, held in sums.items()],
        "rows": 2_000,
        "examples": [example],
    }


def _tuning() -> dict[str, Any]:
    trials = [
        {
            "number": place,
            "state": "PRUNED" if place == 2 else "COMPLETE",
            "value": 0.02 - 0.001 * place,
            "seconds": 1.5,
            "rounds": 80,
            "max_depth": 3 + place,
            "learning_rate": 0.05,
        }
        for place in range(5)
    ]
    return {
        "objective": "log_loss",
        "value": 0.016,
        "best": {"max_depth": 7, "learning_rate": 0.05},
        "importance": {"max_depth": 0.8, "learning_rate": 0.2},
        "trials": trials,
    }


def _truth() -> dict[str, Any]:
    return {
        "roc_auc": figure(0.97),
        "rank_correlation": 0.81,
        "kinds": [{"kind": "bot", "rows": 100, "truth": 0.0001, "prediction": 0.0002, "rate": 0.0}],
    }
