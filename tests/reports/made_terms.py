"""Results for the search-terms report, made without a log, of every shape that it must bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.reports.made_clicks import figure
from wanamaker.reports.search_terms import SearchTermsResults

NAMES = ("network", "glm", "trees", "rate", "last_week")
METRICS = ("mae", "rmse", "poisson_deviance", "bias", "explained", "calibration_ratio")


@dataclass(frozen=True)
class MadeTerms:
    """What results to make."""

    terms: tuple[str, ...] = ("red shoes", "free hat", "shoes repair")
    words: tuple[str, ...] = ("shoes", "free", "repair")
    kept: str = "network"
    export: bool = True
    cost: bool = True
    delay: bool = True
    unseen: bool = True
    truth: bool = True
    intervals: bool = True
    origins: int = 2
    conversions: float = 500.0

    def results(self, **more: Any) -> SearchTermsResults:
        """Return the results."""
        given: dict[str, Any] = {
            "title": "Made",
            "facts": self.facts(),
            "read": self.read(),
            "origins": [_origin(place) for place in range(self.origins)],
            "parts": [self._part(name) for name in ("train", "valid", "gap", "test", "left_out")],
            "metrics": {
                "test": self._metrics(),
                "valid": self._metrics(),
                "baselines": {name: self._metrics() for name in (*NAMES[1:], "blind")},
            },
            "comparison": self.comparison(),
            "dates": [_day(day, place) for place in range(self.origins) for day in range(1, 8)],
            "calibration": [self._bin(place) for place in range(1, 11)],
            "ranking": self._ranking() if self.cost else {},
            "losses": _losses(),
            "words": [self._word(place, name, "word") for place, name in enumerate(self.words)],
            "bigrams": [self._word(0, "free hat", "bigram")],
            "features": [_feature("(text)", 0.01, None), _feature("term_rate_ever", 0.002, 0.3)],
            "shares": {"kept": 0.6, "seeds": [0.5, 0.6], "rows": 100, "network": self._figure(0.55, 0.1)},
            "attention": {"days": [_attention(day) for day in range(1, 15)], "shifts": _shifts()},
            "stop": [self._stop(place, name) for place, name in enumerate(self.terms)] if self.cost else [],
            "stop_told": self._stop_told(),
            "bids": [self._word(0, self.words[0], "word") | {"account_rate": 0.05, "more_conversions": 9.0}],
            "delay": _delay(known=self.delay),
            "truth": _truth(waste=self.cost) if self.truth else None,
            "audit": [],
            "notes": [],
        }
        return SearchTermsResults(**{**given, **more})

    def facts(self) -> dict[str, Any]:
        """Return how the numbers came about."""
        return {
            "version": "0",
            "predictor": self.kept,
            "explained_by": self.kept if self.kept in NAMES[:3] else "glm",
            "why": "it is the best",
            "valid_deviance": {name: 0.10 + 0.01 * (name != self.kept) for name in NAMES},
            "seconds": None,
            "loss": "negative_binomial",
            "seeds": 2,
            "columns": {"term": "Suchbegriff"},
            "exposure": "clicks",
            "unit": "clicks",
            "known_ahead": ["clicks"],
            "bootstrap": 200,
            "refit": True,
            "confidence": 0.95,
            "limit": None,
            "min_terms": 3,
            "unseen": {"share": 0.2, "rounds": int(self.unseen)},
            "unseen_rows": 300,
            "unseen_terms": 60,
            "parameters": {"windows": [1, 7, 28], "width": 32, "learning_rate": 0.003},
        }

    def read(self) -> dict[str, Any]:
        """Return what was read."""
        sums = {"impressions": 5e4, "clicks": 9e3, "cost": 8e3, "conversions": 700.0}
        told = {
            "form": "export" if self.export else "table",
            "rows": 9_000,
            "term_days": 8_900,
            "terms": 400,
            "from": "2025-01-01",
            "to": "2025-04-30",
            "sums": {name: held for name, held in sums.items() if self.cost or name != "cost"},
            "hidden_rows": 40,
            "hidden": {"clicks": 1e3, "conversions": 70.0},
            "missing_days": [],
        }
        if not self.export:
            return told
        total = {"line": 9_005, "label": "Total: Search terms", "column": "clicks", "told": 9e3}
        return told | {
            "files": 1,
            "currency": "EUR",
            "encoding": "utf-16-le",
            "separator": "\t",
            "decimal": ",",
            "dates": "31.01.2025",
            "skipped": [{"reason": "preamble", "lines": 2}],
            "skipped_lines": [{"line": 1, "reason": "preamble", "text": "Bericht <b>zu</b> Suchbegriffen"}],
            "totals": [{**total, "summed": 9e3, "difference": 0.0, "agrees": True}],
        }

    def comparison(self) -> dict[str, Any]:
        """Return all tables."""
        rows = [self._compared(name) for name in NAMES]
        return {
            "rolling": rows,
            "last": rows,
            "unseen": rows if self.unseen else [],
            "by_origin": [
                {
                    "origin": f"2025-0{3 + place}-01",
                    "name": name,
                    "rows": 90,
                    "observed": 40.0,
                    "poisson_deviance": 0.1,
                    "explained": 0.1 * (1 + place),
                }
                for place in range(self.origins)
                for name in NAMES
            ],
        }

    def _figure(self, value: float, half: float = 0.02) -> dict[str, float | None]:
        return figure(value, half if self.intervals else None)

    def _metrics(self) -> dict[str, Any]:
        values = dict(zip(METRICS, (0.05, 0.2, 0.1, 0.01, 0.25, 1.02), strict=True))
        return {name: self._figure(value) for name, value in values.items()}

    def _compared(self, name: str) -> dict[str, Any]:
        better = -0.003 if name == self.kept else 0.004
        gap = self._figure(better, 0.001)
        told = {"name": name, **self._metrics(), "against": "rate" if name != "rate" else "glm"}
        told["difference"] = {**gap, "certain": self.intervals}
        return told | ({"gini": self._figure(0.5)} if self.cost else {})

    def _part(self, name: str) -> dict[str, Any]:
        return {
            "part": name,
            "rows": 100,
            "terms": 50,
            "new_terms": 5,
            "conversions": self.conversions,
            "clicks": 900.0,
            "cost": 800.0 if self.cost else None,
            "start": "2025-03-01",
            "end": "2025-03-14",
        }

    def _bin(self, place: int) -> dict[str, Any]:
        mean = 0.01 * place**2
        sums = {"rows": 100, "expected": 100 * mean, "observed": 110 * mean}
        return {"bin": place, **sums, "mean": mean, "rate": 1.1 * mean, "ratio": self._figure(1.1, 0.2)}

    def _ranking(self) -> dict[str, Any]:
        curve = [{"cost": 0.1 * step, "conversions": (0.1 * step) ** 0.5} for step in range(11)]
        return {"gini": self._figure(0.5), "best": 0.8, "curves": dict.fromkeys(NAMES, curve)}

    def _word(self, place: int, name: str, key: str) -> dict[str, Any]:
        told = {key: name, "terms": 9, "exposure": 120.0, "conversions": 7.0}
        rates = {"rate": 0.05 + 0.01 * place, "rate_low": 0.02, "rate_high": 0.09}
        more = {"attention": 0.3 + 0.1 * place, "factor": 1.5} if key == "word" else {"beyond_words": 1.1}
        return {**told, **rates, **more, "effect": 2.0 / (1 + place)}

    def _stop_told(self) -> dict[str, float]:
        rows = [self._stop(place, name)["cost"] for place, name in enumerate(self.terms)] if self.cost else []
        return {"terms": len(rows), "cost": sum(rows)}

    def _stop(self, place: int, name: str) -> dict[str, Any]:
        return {
            "term": name,
            "cost": 200.0 - 50 * place,
            "exposure": 90.0,
            "conversions": 0.0,
            "expected": 0.3,
            "expected_high": 0.9,
            "chance_of_none": 0.8,
            "per_cost_high": 0.004,
            "limit": 0.02,
            "clicks": 100.0,
            "last_day": "2025-04-29",
        }


def _origin(place: int) -> dict[str, str]:
    parts = {"train": "01", "valid": "02", "test": f"{3 + place:02}"}
    return {
        f"{name}_{end}": f"2025-{month}-{day}"
        for name, month in parts.items()
        for end, day in (("from", "01"), ("to", "14"))
    }


def _day(day: int, place: int) -> dict[str, Any]:
    name = "test" if place else "origin 2025-03-01"
    date = f"2025-0{3 + place}-{day:02}"
    return {"date": date, "part": name, "observed": 5.0, "expected": 6.0, "low": 2.0, "high": 11.0}


def _losses() -> dict[str, Any]:
    curve = [
        {"epoch": epoch, "train_loss": 1.0 / epoch, "valid_loss": 1.1 / epoch, "seconds": 1.0}
        for epoch in (1, 2, 3)
    ]
    tried = {"poisson": 0.12, "negative_binomial": 0.11}
    return {
        "chosen": "negative_binomial",
        "tried": tried,
        "curve": curve,
        "best_epoch": 3,
        "stopped": False,
    }


def _feature(name: str, worse: float, moved: float | None) -> dict[str, Any]:
    return {"feature": name, "permutation": worse, "counterfactual": moved}


def _attention(day: int) -> dict[str, Any]:
    return {"date": f"2025-03-{day:02}", "attention": 1.0 + 0.01 * day, "days": 9, "conversions": 4.0}


def _shifts() -> list[dict[str, Any]]:
    band = {"low": -0.3, "high": 0.3, "widest": 0.5}
    return [{"shift": shift, "correlation": 0.1 * shift, **band} for shift in range(-3, 4)]


def _delay(*, known: bool) -> dict[str, Any]:
    days = [{"date": "2025-04-30", "share": 0.2, "reported": 3.0, "expected": 15.0, "fate": "matured"}]
    curve = [{"age": age, "share": age / 10} for age in range(1, 11)]
    return {"known": known, "curve": curve, "mature": 10, "as_of": "2025-05-01", "days": days}


def _truth(*, waste: bool) -> dict[str, Any]:
    rows = [
        {"name": name, "clicks": 300.0, "planted": 0.1 * place, "found": 0.09 * place}
        for place, name in enumerate(("a", "b", "c"))
    ]
    told = {"words": 3, "planted": 3, "clicks": 200.0, "rank_correlation_effect": 1.0}
    found = {
        "useless": 5, "listed": 3, "right": 2, "dear": 3, "useless_cost": 500.0, "listed_cost": 450.0,
        "right_cost": 350.0, "dear_cost": 450.0, "precision": 1.0, "recall": 0.4, "spend_precision": 1.0,
        "spend_recall": 0.7, "dear_recall": 0.6, "plain_cost": 400.0, "plain_recall": 0.8,
    }  # fmt: skip
    return {
        "words": {"kind": "word", **told, "rank_correlation": 0.9, "rows": rows},
        "factors": {"kind": "word", **told, "rank_correlation": 0.95, "rows": rows},
        "bigrams": {"kind": "bigram", **told, "rank_correlation": None, "rows": []},
        "waste": found if waste else None,
    }
