"""Worlds of about N enterprises, made from Ouhai by two rules that leave the monthly rules alone.

- *dense*: one district, with everything that counts firms or people times a factor: space, applicants, people looking for
  work, capacity of platforms, and the living services that follow from space. Parks stay 36, so that a firm chooses among
  as many as in Ouhai; firms per park grow with the factor. It shows what the size of the tables costs.
- *districts*: so many Ouhais side by side, each with its own seed, simulated one after another. Firms per park and parks
  to choose among are Ouhai's. It shows what a nation of separate cities costs.

N counts living enterprises at the start (2022-01): those in parks, in the district, and the sample followed elsewhere.
"""

from dataclasses import dataclass, replace
from math import log

from sim.inputs.config import load

OUHAI = 5700  # living enterprises of Ouhai at its start, to two digits: what factors are reckoned from


@dataclass(frozen=True)
class World:
    """What is simulated: one setup, once for each seed."""

    kind: str
    enterprises: int
    setup: object
    seeds: tuple

    @property
    def name(self):
        """As it stands in the table."""
        return f"{self.kind} {short(self.enterprises)}"


def short(n):
    """5000 as 5k."""
    return f"{n // 1000}k" if n >= 1000 else str(n)


def dense(enterprises, months, *settings):
    """One district of about so many enterprises."""
    return World("dense", enterprises, lasting(scaled(load(settings), enterprises / OUHAI), months), (1,))


def districts(enterprises, months, *settings):
    """As many Ouhais as make about so many enterprises; at least one."""
    count = max(1, round(enterprises / OUHAI))
    return World("districts", enterprises, lasting(load(settings), months), tuple(range(1, count + 1)))


WORLDS = {"dense": dense, "districts": districts}


def lasting(setup, months):
    """The same setup for so many months from the start."""
    return replace(setup, run=replace(setup.run, until=setup.data.start + (months - 1)))


def scaled(setup, factor):
    """A setup with space, applicants, people and platforms times a factor."""
    data = setup.data
    parks = tuple(
        replace(
            park,
            stock=round(park.stock * factor),
            additions=tuple((month, max(round(area * factor), 1)) for month, area in park.additions),
        )
        for park in data.parks
    )
    platforms = tuple(replace(platform, capacity=platform.capacity * factor) for platform in data.platforms)
    choice = setup.parameters.choice
    lifted = (choice.size_exponent + choice.neighbours) * log(factor)
    balance = {
        regime: replace(
            numbers,
            applicants_per_year=numbers.applicants_per_year * factor,
            outside_value=numbers.outside_value + lifted,
        )
        for regime, numbers in data.balance.items()
    }
    people = {name: getattr(data, name) * factor for name in ("graduates_per_year", "seekers_per_year")}
    return replace(setup, data=replace(data, parks=parks, platforms=platforms, balance=balance, **people))
