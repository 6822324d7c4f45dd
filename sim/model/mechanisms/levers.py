"""Effects of levers on arrivals, platforms and funds, as equations. All sizes are of the lever: assumed, and swept."""

import numpy as np

from sim.engine.distributions import lognormal
from sim.engine.quantity import Quantity, Reading


def scaled(strength: Quantity, full: Quantity) -> Reading:
    """A factor on its way from 1 to its full size: 1 + x (m - 1).

    x strength, 0 to 1; m the factor at full strength, 1. Of arrivals the factor is one for each source.
    """
    return 1 + strength * (full - 1)


def shortened(strength: Quantity, saved: Quantity) -> Reading:
    """Process time under coordination, as a factor: 1 - s x.

    x strength, 0 to 1; s share of the time saved at full strength, 1.
    """
    return 1 - saved * strength


def towards(own: Quantity, goal: Quantity, strength: Quantity) -> Reading:
    """Quality on its way to a goal, never below its own: k + x max(0, g - k).

    k own quality, g the goal, both 0 to 1; x strength, 0 to 1.
    """
    return own + strength * np.maximum(0.0, goal - own)


def relief_years(level: Quantity) -> Reading:
    """Years a tenant may have rent relief in a park: one, and one more each at municipal and provincial level."""
    return 1 + (level >= 1) * 1 + (level >= 2) * 1


def added_cases(taken: Quantity, own: Quantity, capacity: Quantity, factor: Quantity) -> Reading:
    """Cases a month that a factor on capacity has made possible: max(0, T - floor(k)) ln f / ln(K / k).

    T cases taken up; k own capacity, K capacity in force, 1/month; f this lever's factor. What goes beyond a platform's
    own capacity is shared among the levers that enlarged it by the logarithms of their factors, which add up.
    """
    beyond = np.maximum(0.0, taken - np.floor(own + 1e-9))
    grown = np.maximum(np.log(np.maximum(capacity, 1e-9) / np.maximum(own, 1e-9)), 1e-9)
    return beyond * np.minimum(1.0, np.log(factor) / grown)


def leaning(quality: Quantity, weight: Quantity) -> Reading:
    """Odds that a fund chooses a founder over those of the average one: exp(w q - w^2 / 2).

    q founder quality, standard normal; w how far the fund leans to better founders, in logs per standard deviation. The
    mean over founders is 1 whatever w is, and w = 0 is a lottery. The same form as of other investors (section 7).
    """
    return lognormal(quality, weight)
