"""Without torch."""

from __future__ import annotations

import pytest

from wanamaker.base.errors import MissingExtraError
from wanamaker.nn import require


@pytest.mark.parametrize("missing", ["torch", "safetensors", "lightning_fabric"])
def test_a_missing_part_names_the_feature_and_the_extra(monkeypatch, missing):
    found = require.find_spec
    monkeypatch.setattr(require, "find_spec", lambda name: None if name == missing else found(name))
    with pytest.raises(MissingExtraError, match=r"SessionModel needs the optional part 'deep'") as caught:
        require.require_deep("SessionModel")
    assert "pip install 'wanamaker[deep]'" in str(caught.value)
