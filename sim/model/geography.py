"""Distances between parks."""

from collections.abc import Iterable
from typing import Any

import numpy as np

EARTH_KM_PER_DEGREE = 111.32


def parks_within(parks: Iterable[Any], kilometres: float) -> np.ndarray:
    """Return True for pairs of parks within a distance of each other, themselves included (parks, parks)."""
    longitude = np.array([p.longitude for p in parks])
    latitude = np.array([p.latitude for p in parks])
    x = (longitude[:, None] - longitude) * np.cos(np.radians(latitude.mean())) * EARTH_KM_PER_DEGREE
    y = (latitude[:, None] - latitude) * EARTH_KM_PER_DEGREE
    return np.hypot(x, y) <= kilometres
