"""Stores by their address."""

from __future__ import annotations

import pytest

import wanamaker as wm
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.features.stores.memory import MemoryStore
from wanamaker.features.stores.reference import ReferenceStore

WINDOWS = wm.WindowFeatures([wm.count(by="ip", within="1h")], time="at")


@pytest.mark.parametrize(("address", "kind"), [("memory://", MemoryStore), ("reference://", ReferenceStore)])
def test_an_address_names_its_store(address, kind) -> None:
    assert isinstance(WINDOWS.online(address)._store, kind)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite:///state.db", "'sqlite:///state.db' comes with the live service"),
        ("redis://host:6379/0", "'redis://host:6379/0' comes with the live service"),
        ("memry://", "Did you mean 'memory://'"),
        ("memory", "Known names: 'memory://', 'reference://'"),
        ("memory://x", "has nothing behind it"),
    ],
)
def test_an_unknown_address_is_refused_with_those_that_are_known(address, message) -> None:
    with pytest.raises(ParameterError, match=message):
        WINDOWS.online(address)


def test_an_address_is_a_text() -> None:
    with pytest.raises(ParameterTypeError, match="'store' must be an address"):
        WINDOWS.online(None)
