"""The real data that comes with the package, and the study on it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

_NUMERIC = (
    *("Administrative", "Administrative_Duration", "Informational", "Informational_Duration"),
    *("ProductRelated", "ProductRelated_Duration", "BounceRates", "ExitRates", "PageValues", "SpecialDay"),
    "Weekend",
)
_CATEGORICAL = ("OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType")


def online_shoppers() -> Path:
    """Return the path of 12,330 sessions of a shop, with features and the label ``Revenue``.

    Sakar and Kastro 2018, UCI data set 468, CC BY 4.0; ``ATTRIBUTION.md`` beside it says more.
    """
    return Path(str(files("wanamaker.studies.sessions") / "data" / "online_shoppers_intention.parquet"))


def online_shoppers_study() -> dict[str, Any]:
    """Return a study of them: learned from February to October, tested on November and December.

    The file has no clock, only the month; ``Month`` itself is not read, since the months of the test are
    none of those that were learned from. Of 16 settings with three seeds each, width, dropout and batch size
    are those with the lowest log loss on October, the validation part; the test part was not looked at.
    """
    return {
        "kind": "sessions",
        "data": {"path": str(online_shoppers())},
        "columns": {"label": "Revenue", "numeric": _NUMERIC, "categorical": _CATEGORICAL},
        "split": {
            "by": "column",
            "column": "Month",
            "train": ("Feb", "Mar", "May", "June", "Jul", "Aug", "Sep", "Oct"),
            "test": ("Nov", "Dec"),
        },
        "model": {"width": 32, "dropout": 0.3},
        "training": {"batch_size": 64, "epochs": 40, "patience": 5, "threads": 1},
        "report": {"title": "Which visit ends with a purchase"},
    }
