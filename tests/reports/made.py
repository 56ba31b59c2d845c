"""Results for reports, made without a log, of every shape that a report must bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from wanamaker.reports.attribution import AttributionResults

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</script><script>alert(3)</script>",
    "{{ 7 * 7 }} %{x} ${y}",
    '=HYPERLINK("http://evil")',
    '-- drop, "quoted"\nline',
    "--credit",
    "🛒 Emoji Ünïcode  ",
    "a > b & c",
    "very_long_campaign_name_" + "x" * 180,
)
MODELS = ("first", "last", "linear")
PERIOD = ("2025-01-01T00:00:00Z", "2025-03-31T12:00:00Z")


@dataclass(frozen=True)
class Made:
    """What results to make."""

    touches: tuple[str, ...] = ("search", "social", "display", "video")
    models: tuple[str, ...] = MODELS
    goals: tuple[str, ...] = ()
    costs: bool = True
    values: bool = True
    intervals: bool = True
    times: bool = True
    unattributed: bool = False
    negative: bool = False
    total: float = 1200.0
    breakdowns: tuple[str, ...] = ()
    truth: bool = False
    observed: str | None = None
    left_out: tuple[tuple[str, str], ...] = ()

    def results(self, **more: Any) -> AttributionResults:
        """Return the results."""
        given: dict[str, Any] = {
            "title": "Made",
            "credit": self.credit(),
            "metadata": self.metadata(),
            "summary": self.summary(),
            "notes": [
                {"code": "ties", "severity": "info", "message": "26 touches share their time.", "count": 26}
            ],
            "breakdowns": {key: self.breakdown(key) for key in self.breakdowns},
            "truth": self.errors() if self.truth else None,
        }
        return AttributionResults(**{**given, **more})

    def credit(self) -> pl.DataFrame:
        """Return a credit table whose rows sum to the total, by every model and over all goals."""
        goals = self.goals or (None,)
        parts = [self._rows(model, goal, self.total / len(goals)) for model in self.models for goal in goals]
        return pl.DataFrame([row for part in parts for row in part], infer_schema_length=None)

    def _rows(self, model: str, goal: str | None, total: float) -> list[dict[str, Any]]:
        random = np.random.default_rng([self.models.index(model), len(goal or "")])
        names = [*self.touches, *(["(unattributed)"] if self.unattributed else [])]
        names += ["(baseline)"] if self.negative else []
        weights = random.dirichlet(np.full(len(names), 3.0)) if len(names) > 1 else np.ones(1)
        if self.negative:
            weights[-1] += 2 * weights[0]
            weights[0] = -weights[0]
        return [
            self._row(model, goal, name, weight, total) for name, weight in zip(names, weights, strict=True)
        ]

    def _row(self, model: str, goal: str | None, name: str, weight: float, total: float) -> dict[str, Any]:
        special = name in ("(unattributed)", "(baseline)")
        place = 0 if special else self.touches.index(name) + 1
        cost = None if not self.costs else 0.0 if special else 100.0 * place
        conversions = float(weight * total)
        value = conversions * 50 if self.values else None
        numbers = {
            "conversions": conversions,
            "share": float(weight),
            "value": value,
            "cost": cost,
            "cpa": cost / conversions if cost else None,
            "roas": value / cost if cost and value is not None else None,
        }
        ends = {
            f"{key}_{end}": None if number is None else number - sign * 0.05 * abs(number)
            for key, number in numbers.items()
            for end, sign in (("low", 1), ("high", -1))
        }
        support = None if special else 12.0 if place == len(self.touches) > 2 else 100.0 * place
        goal_column = {} if goal is None else {"goal": goal}
        return {
            "model": model,
            **goal_column,
            "touch": name,
            **numbers,
            **(ends if self.intervals else {}),
            "support": support,
        }

    def breakdown(self, key: str) -> pl.DataFrame:
        """Return credit split evenly over the parts of a key."""
        parts = (
            [f"2025-0{month}-01" for month in (1, 2, 3)]
            if key == "month"
            else ["DE", "FR", "<b>US</b>", "IT"]
        )
        credit = self.credit()
        return pl.concat(
            [
                credit.with_columns(pl.lit(part).alias(key), pl.col("conversions") / len(parts))
                for part in parts
            ]
        )

    def errors(self) -> list[dict[str, Any]]:
        """Return errors against a truth."""
        return [
            {
                "model": model,
                "total_variation": 0.1 * place,
                "mae": 0.01,
                "rank_correlation": 0.6,
                "zero_effect_share": 0.05,
                "zero_effect_conversions": 60.0,
                "worst_touch": self.touches[0],
                "worst_error": 0.1,
            }
            for place, model in enumerate(self.models, 1)
        ]

    def metadata(self) -> dict[str, Any]:
        """Return metadata as `wanamaker.attribute` gives it."""
        observation = {
            "observed": self.observed or ("full" if self.costs else "until_conversion"),
            "lookback": "30d",
            "max_touches": None,
        }
        observation |= {
            "censor_at": None,
            "landmark": None,
            "collapse": False,
            "form": "flags" if self.times else "paths",
        }
        methods = {
            model: {
                "method": model,
                "conserves": "total" if model.startswith("markov") else "journey",
                "parameters": {"half_life": "7d"} if model == "time_decay" else {},
                "summary": f"What {model} does.",
                "misleads": f"When {model} misleads.",
            }
            for model in self.models
        }
        return {
            "version": "0.1.0",
            "bootstrap": 200 if self.intervals else 0,
            "seed": 0,
            "by": None,
            "period": list(PERIOD) if self.times else [None, None],
            "observation": observation,
            "methods": methods,
            "left_out": dict(self.left_out) if self.times else {"time_decay": "Needs times."},
        }

    def summary(self) -> dict[str, Any]:
        """Return a summary as `wanamaker.journeys.summary` gives it."""
        journeys = 10 * self.total
        headline = {
            "users": 9000 if self.times else None,
            "journeys": journeys,
            "converting_journeys": self.total,
            "touches": 3 * journeys,
            "touch_names": len(self.touches),
            "conversions": self.total,
            "conversion_rate": 0.1,
            "unattributed": 15.0 if self.unattributed else 0.0,
            "value": 50 * self.total if self.values else None,
            "cost": 1000.0 if self.costs else None,
            "start": PERIOD[0] if self.times else None,
            "end": PERIOD[1] if self.times else None,
            "cut_journeys": 0,
            "cut_share": 0.0,
        }
        lengths = [
            {"length": f"{n}{'+' * (n == 20)}", "converting": 20.0 / n, "other": 90.0 / n}
            for n in range(1, 21)
        ]
        delays = [{"delay": name, "converting": 10.0} for name in ("same minute", "up to 1 hour", "longer")]
        return {
            "headline": headline,
            "lengths": lengths,
            "delays": delays if self.times else [],
            "paths": self._paths(),
            "flows": self._flows(),
            "touches": [],
        }

    def _paths(self) -> list[dict[str, Any]]:
        paths = [list(self.touches), *([touch] for touch in self.touches[:20]), [self.touches[0]] * 3]
        value = 99.5 if self.values else None
        return [
            {
                "path": path,
                "conversions": 10.0 + place,
                "journeys": 200.0,
                "rate": (10.0 + place) / 200,
                "value": value,
            }
            for place, path in enumerate(paths)
        ]

    def _flows(self) -> list[dict[str, Any]]:
        rows = []
        for step in (1, 2, 3, 4):
            for source in self.touches[:10]:
                targets = list(self.touches[:10]) if step < 4 else ["(further touches)"]
                rows += [
                    {"step": step, "source": source, "target": target, "journeys": 50.0 / step}
                    for target in [*targets, "(converted)", "(not converted)"]
                ]
        return rows
