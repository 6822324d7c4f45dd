"""Arrivals of applicants: intensities by source, points of the Poisson field, and what each newcomer has in hand."""

import numpy as np

from sim.engine import distributions, streams
from sim.engine.calendar import along
from sim.engine.kernels import has_kernel
from sim.model.agents import District, Enterprise, Park
from sim.model.kernels import family
from sim.model.mechanisms import adaptation, talent
from sim.model.mechanisms import arrivals as equations
from sim.model.random_decisions import MARKS
from sim.model.status import Place, Status
from sim.model.vocabulary import ORIGINS, TIERS


def intensities(cluster) -> np.ndarray:
    """Expected applicants this month by source, a source being a segment and an origin: (segments, origins)."""
    p, parks, district = cluster.parameters.demand, cluster.all(Park), cluster.all(District)
    weight = np.maximum(parks.fitted, 1)
    reputation = float((parks.reputation * weight).sum() / weight.sum())
    spend = district.promotion_spend[0] / cluster.data.scale  # as if of a district for which the parameters are
    pull = adaptation.promotion_pull(spend, p) * along(cluster.world.promotion, cluster.now)
    pull *= along(cluster.world.macro, cluster.now) * equations.reputation_pull(reputation, p)
    base = equations.applicants(cluster.balance.applicants_per_year, cluster.segment_share, p.origin_shares)
    return base * pull * (district.segment_pull[0][:, None] * district.origin_pull[0])


def arrivals(cluster) -> Enterprise:
    """This month's applicants, with their marks drawn, as one cohort (in the order of their sources)."""
    intensity = cluster.intensity = intensities(cluster)
    source, k = streams.poisson_field(cluster.seed, cluster.now, intensity.ravel())
    new = Enterprise.cohort(cluster, _append(cluster, source))
    introduce(cluster, new, source, k)
    mark(cluster, new)
    return new


@has_kernel("sim.model.kernels.arrivals:introduce", family)
def introduce(cluster, new: Enterprise, source: np.ndarray, k: np.ndarray) -> None:
    """Give newcomers their identity: each is the k-th point of its source in this month. source, k (n,)."""
    ident, (segment, origin) = streams.ident(source, cluster.now, k), np.divmod(source, len(ORIGINS))
    new.ident, new.luck = ident, streams.luck(ident, cluster.seed)
    new.segment, new.origin = segment.astype(np.int8), origin.astype(np.int8)
    new.sector = cluster.segment_sector[segment]


def brought(cluster, pull: np.ndarray) -> int:
    """Applicants of this month who would not have come without a pull: points of the field that only it has reached.

    pull: what it multiplied intensities by, one for each source, (segments, 1) or (origins,). Returns a whole number.
    Who comes only because two pulls meet counts for both.
    """
    if cluster.intensity is None:  # nobody has looked for space yet
        return 0
    source, _ = streams.poisson_field(cluster.seed, cluster.now, cluster.intensity.ravel())
    without, _ = streams.poisson_field(cluster.seed, cluster.now, (cluster.intensity / pull).ravel())
    return len(source) - len(without)


@has_kernel("sim.model.kernels.arrivals:mark", family)
def mark(cluster, new: Enterprise) -> None:
    """Draw what newcomers have in hand: once, so that no policy changes it."""
    p, luck = cluster.parameters.demand, dict(zip(MARKS, cluster.draw(MARKS, new), strict=True))
    new.status, new.place, new.park_row = Status.APPLICANT, Place.GONE, -1
    new.quality = equations.quality(distributions.normal(luck["mark_quality"]), p)
    new.founded_on = (cluster.now - equations.age(luck["mark_age"], p)).astype(np.int32)
    new.long_stay = luck["mark_long_stay"] < cluster.long_stay_share[new.sector]
    heads = equations.staff(distributions.normal(luck["mark_staff"]), p)
    shares = zip(TIERS, cluster.parameters.labour.tier_shares, strict=True)
    posts = [np.floor(talent.posts(heads, share) + luck[f"rounding_{tier}"]) for tier, share in shares]
    new.staff = np.array(posts, np.int32).T
    new.desired, new.revenue = heads, equations.revenue(heads, distributions.normal(luck["mark_revenue"]), p)
    new.cash = equations.cash(heads, p)
    new.closure_clock = distributions.exponential(luck["closure_clock"])
    new.relocation_clock = distributions.exponential(luck["relocation_clock"])


def _append(cluster, source):
    """A row for each newcomer, of the class of its origin (n,)."""
    table = cluster.tables[Enterprise]
    if not cluster.species:
        return table.extend(len(source), Enterprise)
    origin = source % len(ORIGINS)
    species = [cluster.species.get(name, Enterprise) for name in ORIGINS]
    runs = _runs(np.array([species.index(cls) for cls in species])[origin])
    rows = [table.extend(stop - start, species[origin[start]]) for start, stop in runs]
    return np.concatenate([np.zeros(0, int), *rows])


def _runs(values):
    """Start and end of each stretch of equal values."""
    if not len(values):
        return []
    edges = np.flatnonzero(np.diff(values)) + 1
    return list(zip([0, *edges], [*edges, len(values)], strict=True))
