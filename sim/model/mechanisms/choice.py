"""Where enterprises want to be: random utility over parks and outside options (McFadden 1974)."""

import numpy as np


def net_rent(asking, relief, relief_area, area):
    """Rent a firm pays a m2 over its whole area, after relief on the part that is covered. CNY/m2/month.

    One function for one pair, one cohort, or applicants x parks (by broadcasting).
    """
    return np.maximum(0.0, asking - relief * np.minimum(relief_area, area) / np.maximum(area, 1))


def rent_utility(net, p):
    """-beta ln((rent + charges) / (reference + charges)): charges keep free rent from being worth infinity."""
    return -p.rent_sensitivity * np.log((net + p.service_charge) / (p.reference_rent + p.service_charge))


def size_utility(lettable, p):
    """theta ln(lettable / 1000 m2), the size term of unequal alternatives; none where nothing can be let."""
    room = np.maximum(lettable, 1.0)
    return np.where(lettable > 0, p.size_exponent * np.log(room / 1000), -np.inf)


def distance_utility(felt, reference, p):
    """Penalty per 15 felt minutes beyond the centre's."""
    return -p.distance * (felt - reference) / 15


def neighbour_utility(same_sector_tenants, p):
    """Firms like firms of their kind."""
    return p.neighbours * np.log1p(same_sector_tenants)


def outside_values(joint, shares):
    """Utilities of outside places whose choice shares are given and whose joint value is `joint`."""
    return joint + np.log(np.maximum(shares, 1e-12))


def units(wanted, unit):
    """Area in whole lettable units, m2."""
    return (np.ceil(wanted / unit) * unit).astype(np.int64)
