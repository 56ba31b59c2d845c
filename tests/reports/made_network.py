"""What a study tells of its network and of its replay, made without fitting anything."""

from __future__ import annotations

from typing import Any

_METRICS = ("roc_auc", "pr_auc", "log_loss", "normalised_log_loss", "calibration_ratio", "ece", "base_rate")


def compared(model: str, auc: float, beyond: float | None = None, width: float = 0.01) -> dict[str, Any]:
    """Return the row of a model; ``beyond`` is how far the network's AUC is above its."""
    row: dict[str, Any] = {"model": model}
    for name in _METRICS:
        value = {"roc_auc": auc, "calibration_ratio": 1.02}.get(name, 0.2)
        row |= {name: value, f"{name}_low": value - 0.02, f"{name}_high": value + 0.02}
    for name, value in (("roc_auc", beyond), ("log_loss", None if beyond is None else -beyond / 10)):
        low, high = (None, None) if value is None else (value - width, value + width)
        row |= {f"{name}_difference": value, f"{name}_difference_low": low, f"{name}_difference_high": high}
    return row


def network(*, doubt: str | None = None, **more: Any) -> dict[str, Any]:
    """Return what is told of a network that beats counts, loses to timing, and gains on lengths and gaps."""
    curve = [{"epoch": n, "train_loss": 0.3 - n / 50, "valid_loss": 0.31 - n / 60} for n in range(1, 5)]
    figure = {"value": 1.02, "low": 0.99, "high": 1.05}
    rates = (0.05, 0.1, 0.3)
    return {
        "comparison": [
            compared("network", 0.85),
            compared("logistic_counts", 0.8, 0.05),
            compared("xgboost_counts", 0.82, 0.03),
            compared("xgboost_counts_timing", 0.9, -0.05),
            compared("channel_free", 0.845, 0.005),
        ],
        "metrics": dict.fromkeys(("calibration_ratio", "normalised_log_loss", "ece", "roc_auc"), figure),
        "bins": [
            {"mean": r, "rate": r, "low": r / 2, "high": r * 2, "rows": 300, "positives": 30} for r in rates
        ],
        "facts": {
            "settings": {
                "cell": "lstm",
                "width": 32,
                "layers": 1,
                "attention": True,
                "decay": True,
                "covariates": ["<b>intent</b>"],
            },
            "training": {"epochs": 4, "batch_size": 256, "learning_rate": 0.002, "seed": 0},
            "learned": {
                "rows": 7000,
                "positives": 500,
                "valid_rows": 1000,
                "valid_positives": 70,
                "parameters": 9000,
                "curve": curve,
                "best_epoch": 4,
                "stopped": False,
                "seconds": 12.3,
                "calibration": "platt",
                "calibration_reason": "70 positives are too few for more.",
                "under_trained": doubt,
                "notes": [],
            },
            "refit": True,
            "credit": ["counterfactual", "attention"],
        },
        "parts": [
            {
                "part": part,
                "journeys": 1000,
                "users": 990,
                "conversions": 70.0,
                "rate": 0.07,
                "start": "2025-01-01",
                "end": "2025-02-01",
            }
            for part in ("train", "valid", "test")
        ],
        "split_notes": ["12 earlier journeys of users with later ones in another part are left out."],
        **more,
    }


def ablation() -> list[dict[str, Any]]:
    """Return an ablation in which attention is worth something, and one variant is doubted."""
    told = {"parameters": 9000, "seconds": 10.0, "under_trained": None}
    return [
        {**compared("as given", 0.85), **told},
        {**compared("without attention", 0.83, 0.02), **told, "under_trained": "It has not learned."},
    ]


def one_date() -> dict[str, Any]:
    """Return the comparison at one date."""
    return {
        "landmark": "2025-03-01T00:00:00Z",
        "horizon": "7d",
        "journeys": 4000,
        "conversions": 200,
        "test_journeys": 800,
        "test_conversions": 40,
        "under_trained": None,
        "comparison": [compared("network", 0.7), compared("channel_free", 0.65, 0.05)],
    }


def replay(models: tuple[str, ...] = ("last", "<i>mine</i>"), *, values: bool = True) -> dict[str, Any]:
    """Return a replay in which the second method keeps most."""
    rows = []
    for place, model in enumerate((*models, "(as spent)", "(evenly)")):
        for budget in (0.5, 0.3):
            kept = 40.0 + 10 * (place == 1) - 20 * (budget < 0.5)
            rows.append(
                {
                    "model": model,
                    "budget": budget,
                    "allowed": 100.0 * budget,
                    "cost": 90.0 * budget,
                    "conversions": kept,
                    "conversions_kept": kept / 100,
                    "value": kept * 5 if values else None,
                    "cpa": 90.0 * budget / kept,
                    "roas": kept * 5 / (90 * budget) if values else None,
                    "roi": 1.0 if values else None,
                    "touches_bought": 300,
                    "journeys_broken": 20,
                }
                | _ends("conversions", kept, 5.0)
                | _ends("conversions_kept", kept / 100, 0.05)
                | _beyond(model, 10.0 * (place == 1), 8.0 if budget == 0.5 else 12.0)
            )
    more = {
        "reference": "last",
        "replicates": 200,
        "journeys": 1000,
        "conversions": 100.0,
        "cost": 100.0,
        "allocation": "roi",
        "capped": True,
    }
    return {"rows": rows, "left_out": {"first": "It gives no credit."}, **more}


def _ends(name: str, value: float, half: float) -> dict[str, float]:
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}


def _beyond(model: str, value: float, half: float) -> dict[str, float | None]:
    names = [f"conversions_difference{end}" for end in ("", "_low", "_high")]
    return dict.fromkeys(names) if model == "last" else {**_ends("conversions_difference", value, half)}
