"""What vectors of categories are worth to a model, by method, and what they cost."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from bench.click_models import VARIABLE
from bench.measure import ONE_THREAD, Job, markdown
from bench.paths import WORKERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.sizes import Sizes

_HEADER = ("trees on", "validation AUC", "gain", "encoder CPU-s")
_SIMULATED = "0.7-0.85"
_OWN = "0.4-0.533,0.533-0.667,0.667-0.8"


def report(sizes: Sizes) -> str:
    """Measure gradient-boosted trees with and without vectors, and return a page in Markdown."""
    rows, worlds = sizes.vectors, min(sizes.seeds, 3)
    found = [_measured(f"{rows}:{seed}", _SIMULATED, 2) for seed in range(worlds)]
    positives = ", ".join(str(one["positives"]) for one in found)
    parts = [
        f"# Vectors of categories\n\n## {worlds} simulated logs of {rows:,} clicks\n\n"
        "Trained on the first 70 % of the rows, validated on the next 15 %; mean (lowest–highest) over the "
        f"logs. Positives among the validation rows: {positives}.\n",
        markdown(_HEADER, _over_worlds([one["rows"] for one in found])),
    ]
    own = os.environ.get(VARIABLE)
    if own:
        alone = _measured(own, _OWN, 5)
        parts += [
            "\n## A log of your own\n\nMean over three pairs of training and validation rows, on the first "
            "40, 53, 67 % and the 13 % after them; the last 20 % are not looked at. In brackets 95 % "
            f"intervals of the bootstrap over validation rows, of which {alone['positives']} are positive.\n",
            markdown(_HEADER, [_row(one) for one in alone["rows"]]),
        ]
    return "\n".join(parts)


def _measured(log: str, folds: str, seeds: int) -> dict[str, Any]:
    worker = WORKERS / "ours_vectors.py"
    return Job("ours", Path(sys.executable), worker, (log, folds, str(seeds)), ONE_THREAD).run().answer


def _row(told: dict[str, Any]) -> list[str]:
    (auc, low, high), (gain, less, more) = told["auc"], told["gain"]
    return [
        told["variant"],
        f"{auc:.4f} [{low:.4f}, {high:.4f}]",
        f"{gain:+.4f} [{less:+.4f}, {more:+.4f}]",
        f"{told['seconds']:.1f}",
    ]


def _over_worlds(found: Sequence[list[dict[str, Any]]]) -> list[list[str]]:
    rows = []
    for together in zip(*found, strict=True):
        aucs, gains = ([one[name][0] for one in together] for name in ("auc", "gain"))
        rows.append(
            [
                together[0]["variant"],
                f"{mean(aucs):.4f} ({min(aucs):.4f}–{max(aucs):.4f})",
                f"{mean(gains):+.4f} ({min(gains):+.4f}–{max(gains):+.4f})",
                f"{mean([one['seconds'] for one in together]):.1f}",
            ]
        )
    return rows
