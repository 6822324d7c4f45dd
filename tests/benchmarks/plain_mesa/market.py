"""Who gets in where: firms rank parks, parks rank firms, and deferred acceptance brings them together."""

from tests.benchmarks.plain_mesa.equations import choice, space
from tests.benchmarks.plain_mesa.words import WAITING

FIRST = -1e6  # standing of sitting tenants, who are known


class Wish:
    """What a firm asks for this month: parks in order of preference, its standing there, and the space it needs."""

    def __init__(self, firm, why):
        self.firm, self.why, self.parks, self.standing, self.area, self.turn, self.keen = firm, why, [], {}, 0, 0, False
        self.tie = firm.random.random()


def wish_of(firm):
    """Parks that are worth more to a firm than what it can have otherwise, and that would have it."""
    model, p = firm.model, firm.model.parameters.choice
    newcomer, notice = firm.status <= WAITING, firm.park is not None and firm.on_notice()
    if newcomer:
        threshold = firm.best_outside(model.outside_values[firm.origin], firm.taste_outside)[1]
    elif notice:
        threshold = firm.after_leaving()[1]
    else:
        own = firm.park
        room = choice.size_utility(own.lettable() + firm.area, p)
        threshold = own.worth[firm.segment] + firm.taste[own.number] + room + p.move_margin
    wish, found, segment = Wish(firm, "outside better"), [], firm.segment
    for park, taste in zip(model.parks, firm.taste, strict=True):
        worth = park.worth[segment] + taste + park.size_value
        if worth > threshold and (park.takes_graduates if notice else park is not firm.park):
            wish.why = "below bar"
            standing = standing_of(firm, park) if newcomer else FIRST
            if standing is not None:
                found.append((worth, standing, park))
    if not found:
        return wish
    found.sort(key=lambda item: -item[0])
    wish.parks = [park for _, _, park in found[: int(p.list_length)]]
    wish.standing = {park: standing for _, standing, park in found}
    wish.keen = found[0][0] - threshold > p.wait_margin
    wish.area = int(space.units(space.wanted(sum(firm.staff), model.parameters.space), model.unit_area))
    return wish


def standing_of(firm, park):
    """How a park judges a newcomer, low first; None for one below the bar. It judges a firm once."""
    if firm.screened is None:
        firm.screened = {}
    score, fits = firm.screened.get(park), firm.sector in park.focus
    if score is None:
        error = park.noise * firm.random.gauss(0, 1)
        score = firm.screened[park] = choice.screening_score(fits, firm.quality, error)
    if score < choice.admission_bar(0.0, 0.0, fits, firm.model.parameters.choice):
        return None
    return -100 * score - firm.waited


def match(wishes):
    """Deferred acceptance, firms proposing: parks keep the best who fit, passing over one too big. {firm: park}."""
    held, asking = {}, [wish for wish in wishes if wish.parks]
    while asking:
        asked = {}
        for wish in asking:
            asked.setdefault(wish.parks[wish.turn], []).append(wish)
        asking = []
        for park, new in asked.items():
            left, kept = park.lettable(), []
            for wish in sorted(held.get(park, []) + new, key=lambda w, p=park: (w.standing[p], w.tie)):
                if wish.area <= left:
                    left -= wish.area
                    kept.append(wish)
                else:
                    wish.turn += 1
                    if wish.turn < len(wish.parks):
                        asking.append(wish)
            held[park] = kept
    return {wish.firm: park for park, kept in held.items() for wish in kept}


def admit(model):
    """Expansions first; then all who look for a park; newcomers without one wait or go elsewhere."""
    for park in model.parks:
        park.grant_expansions()
        park.attract()
    model.seekers = list(model.waiting)
    model.tenants.do("look_for_space")
    wishes = [wish_of(firm) for firm in model.seekers]
    placed = match(wishes)
    for wish in wishes:
        firm, park = wish.firm, placed.get(wish.firm)
        if firm.park is None:
            if park is None:
                firm.be_refused("no room" if wish.keen and wish.parks else wish.why)
            else:
                model.waiting.discard(firm)
                firm.enter(park, wish.area)
        elif park is not None:
            firm.move(park, wish.area)
    model.seekers = []
