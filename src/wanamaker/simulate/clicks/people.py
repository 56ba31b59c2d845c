"""Who clicks: users with a device, an operating system and two networks, and how willing each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.clicks.setting import ClickSetting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_ACTIVITY, _CROWD = 2.0, 2.5  # exponents: few users make many clicks, few networks have many users
_COMMON_DEVICE = 0.94
_DEVICES, _SYSTEMS = 60, 120
_WILLING_SPREAD = 0.5
_BUSY_RATE = -0.25  # who clicks much installs less
_ELSEWHERE = 0.2
_HEALTHY = 100  # users for each whose phone carries malware


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class People:
    """The users of a world; the first are the most active.

    Parameters
    ----------
    networks
        Names of the networks, the most crowded first; shape (ips,).
    ip
        Two networks of each user, the second used less; shape (users, 2).
    device, os
        Shape (users,) each.
    infected
        Users whose phones carry malware that injects clicks; shape (infected,).
    willing
        Factor of each user's install rate; shape (users,).
    """

    networks: NDArray[np.uint32]
    ip: NDArray[np.uint32]
    device: NDArray[np.uint16]
    os: NDArray[np.uint16]
    infected: NDArray[np.int64]
    willing: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.device)

    def draw(self, many: int, rng: np.random.Generator) -> Integers:
        """Return who comes, by activity."""
        return (rng.random(many) ** _ACTIVITY * len(self)).astype(np.int64)

    def draw_ips(self, user: Integers, rng: np.random.Generator) -> NDArray[np.uint32]:
        """Return the network that each is in now."""
        return self.ip[user, (rng.random(len(user)) < _ELSEWHERE).astype(np.int64)]


def draw_people(setting: ClickSetting, rng: np.random.Generator) -> People:
    """Draw the users of a world.

    Examples
    --------
    >>> from wanamaker.simulate.clicks.setting import ClickSetting
    >>> len(draw_people(ClickSetting(n=1000), np.random.default_rng(0)))
    40
    """
    users = setting.people
    device, system = draw_devices(users, rng)
    busy = (np.arange(users, dtype=np.float32) + 1) / users  # activity is its power 1 / _ACTIVITY - 1
    willing = np.exp(_WILLING_SPREAD * rng.standard_normal(users, dtype=np.float32))
    willing *= np.power(busy, _BUSY_RATE * (1 / _ACTIVITY - 1), dtype=np.float32)
    names = rng.permutation(np.arange(1, setting.networks + 1, dtype=np.uint32))
    ip = draw_networks(names, 2 * users, rng).reshape(-1, 2)
    infected = rng.integers(0, users, 1 + users // _HEALTHY)
    return People(networks=names, ip=ip, device=device, os=system, infected=infected, willing=willing)


def draw_networks(names: NDArray[np.uint32], many: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    """Return networks by how crowded they are.

    Examples
    --------
    >>> draw_networks(np.array([7], dtype=np.uint32), 2, np.random.default_rng(0)).tolist()
    [7, 7]
    """
    return names[(rng.random(many) ** _CROWD * len(names)).astype(np.int64)]


def draw_devices(many: int, rng: np.random.Generator) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return devices, of which one is by far the most common, and operating systems with a long tail."""
    rare = 2 + (rng.random(many) ** 4 * _DEVICES).astype(np.uint16)
    device = np.where(rng.random(many) < _COMMON_DEVICE, np.uint16(1), rare)
    system = (rng.random(many) ** 3 * _SYSTEMS).astype(np.uint16)
    return device, (system * np.uint16(37) + np.uint16(13)) % np.uint16(_SYSTEMS + 7)
