"""One world judged by its truth: the world as JSON, with ``users``, ``seed``, ``options``, ``covariates``."""

from __future__ import annotations

import json
import sys
import time
import warnings
from dataclasses import replace
from typing import Any

import wanamaker as wm
from wanamaker.base.errors import DataError
from wanamaker.simulate.channels import DEFAULT_CHANNELS

METHODS: dict[str, Any] = {
    "last": "last",
    "linear": "linear",
    "position": "position",
    "markov": "markov",
    "markov_2": "markov_2",
    "shapley_count": "shapley_count",
    "shapley": "shapley",
    "incremental": "incremental",
    "incremental, linear": wm.attribution.Incremental(link="linear"),
    "incremental, logistic": wm.attribution.Incremental(link="logistic"),
    "incremental_normalised": "incremental_normalised",
}
BASELINE = "(baseline)"


def journeys_of(cell: dict[str, Any]) -> tuple[Any, Any]:
    """Return the journeys of a world, and its truth."""
    effects = cell["effects"]
    channels = [replace(one, effect=effects.get(one.name, one.effect)) for one in DEFAULT_CHANNELS]
    world = wm.simulate.journeys(cell["users"], seed=cell["seed"], channels=channels, **cell["options"])
    journeys = wm.journeys_from_events(
        world.log,
        user="uid",
        time="timestamp",
        touch="campaign",
        converted="conversion",
        covariates=cell["covariates"],
        observed=cell["options"].get("observed", "full"),
    )
    return journeys, world.truth


def judged(journeys: Any, truth: Any, method: Any) -> dict[str, float | None]:
    """Return how far a method is from the truth; nothing but seconds where it does not apply."""
    begin = time.process_time()
    try:
        credit = wm.attribute(journeys, [method], bootstrap=0)
    except DataError:
        return {"seconds": time.process_time() - begin}
    found = wm.evaluate_credit(credit, truth).row(0, named=True)
    shares = dict(credit.table.select("touch", "share").iter_rows())
    true = dict(truth.select("touch", "share").iter_rows())
    return {
        "seconds": time.process_time() - begin,
        "total_variation": found["total_variation"],
        "zero_effect_share": found["zero_effect_share"] if (truth["effect"] == 0).any() else None,
        "baseline": shares[BASELINE] - true[BASELINE] if BASELINE in shares else None,
    }


def main() -> None:
    """Print the error of every method."""
    warnings.simplefilter("ignore")
    journeys, truth = journeys_of(json.loads(sys.argv[1]))
    errors = {name: judged(journeys, truth, method) for name, method in METHODS.items()}
    print(json.dumps({"errors": errors, "conversions": float(journeys.conversions.sum())}))


if __name__ == "__main__":
    main()
