"""Places that enterprises want: random utility over parks and outside options (McFadden 1974)."""

from collections.abc import Sequence

import numpy as np

from sim.engine.quantity import Quantity, Reading
from sim.model.parameters import Choice, Space


def net_rent(asking: Quantity, relief: Quantity, relief_area: Quantity, area: Quantity) -> Reading:
    """Rent a firm pays a m2 over its whole area, after relief on the part that is covered. CNY/m2/month.

    One function for one pair, one cohort, or applicants x parks (by broadcasting).
    """
    return np.maximum(0.0, asking - relief * np.minimum(relief_area, area) / np.maximum(area, 1))


def relieved_area(relief_area: Quantity, area: Quantity) -> Reading:
    """Space on which a tenant pays relieved rent: what relief is granted on, as far as it holds it. m2."""
    return np.minimum(relief_area, area)


def worth(known: Quantity, rent: Quantity, taste: Quantity) -> Reading:
    """Worth of a park to a firm, size left out: what it offers, what it asks, the firm's own taste. Utilities."""
    return known + rent + taste


def lowest_rent(asking: Quantity, relief: Quantity) -> Reading:
    """Rent a m2 of a firm whose whole area is covered by relief: nobody pays less. CNY/m2/month."""
    return np.maximum(asking - relief, 0.0)


def rent_utility(net: Quantity, p: Choice) -> Reading:
    """-beta ln((rent + charges) / (reference + charges)): charges keep free rent from being worth infinity."""
    return -p.rent_sensitivity * np.log((net + p.service_charge) / (p.reference_rent + p.service_charge))


def size_utility(lettable: Quantity, p: Choice) -> Reading:
    """theta ln(lettable / 1000 m2), the size term of unequal alternatives; none where nothing can be let."""
    return np.where(lettable > 0, p.size_exponent * np.log(np.maximum(lettable, 1.0) / 1000), -np.inf)


def distance_utility(felt: Quantity, reference: Quantity, p: Choice) -> Reading:
    """Penalty per 15 felt minutes beyond the centre's."""
    return -p.distance * (felt - reference) / 15


def neighbour_utility(same_sector_tenants: Quantity, p: Choice) -> Reading:
    """Firms like firms of their kind."""
    return p.neighbours * np.log1p(same_sector_tenants)


def operator_utility(capability: Quantity, effort: Quantity, p: Choice) -> Reading:
    """A capable operator, and one that exerts itself to let space. capability 0 (D) to 3 (A), effort 0 to 1."""
    return p.operator * capability / 3 + p.effort * effort


def sector_utility(focus: Quantity, same_sector_tenants: Quantity, reach: Quantity, p: Choice) -> Reading:
    """Utility of a park for a sector: its focus, firms of the kind, service lists that reach it (share of kinds)."""
    return p.focus * focus + neighbour_utility(same_sector_tenants, p) + p.reach * reach


def partner_utility(share: Quantity, p: Choice) -> Reading:
    """Chain partners in the park. share of the segment's inputs found there."""
    return p.partners * share


def compares(review: Quantity, waited: Quantity, p: Choice, of_space: Space) -> Reading:
    """True where a tenant looks for another park: it reviews where it is, or was refused more space for too long.

    review: keyed uniform of the month; waited: months since first refused; of_space: space.
    """
    return (review < p.review_hazard) | (waited >= of_space.patience)


def outside_shares(shares: Sequence[float], pulled: np.ndarray, p: Choice) -> np.ndarray:
    """Shares of places outside by origin, tilted towards where an origin is drawn (origins, places).

    shares (places,); pulled (origins, places) bool: outsiders to staying away, movers to the city.
    """
    tilted = np.array(shares) * np.exp(p.origin_pull * pulled)
    return tilted / tilted.sum(axis=1, keepdims=True)


def outside_values(joint: float, shares: np.ndarray) -> np.ndarray:
    """Utilities of outside places whose choice shares are given and whose joint value is `joint`."""
    return joint + np.log(np.maximum(shares, 1e-12))


def screening_score(match: Quantity, quality: Quantity, error: Quantity) -> Reading:
    """Score that a park gives a newcomer, in half points: fit with its focus, founder quality, an error of judgement."""
    return np.rint(2 * (match + quality + error)) / 2


def admission_bar(raised: Quantity, focused: Quantity, match: Quantity, p: Choice) -> Reading:
    """Lowest score that a park admits: the usual one, what policies raise it by, and more for those outside its focus.

    raised: beside the usual bar; focused 0 to 1: how far admission follows the park's focus; match: within the focus.
    """
    return p.admission_bar + raised + p.positioning * focused * (1 - match)
