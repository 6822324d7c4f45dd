"""The state of one of our clusters as ordinary objects, so that the twin begins where the model does."""

from array import array

from sim.engine import distributions
from sim.model.agents import District
from sim.model.agents import Enterprise as Columns
from sim.model.agents import Operator as OperatorColumns
from sim.model.agents import Park as ParkColumns
from sim.model.phases import space_market
from sim.model.status import Kind
from sim.model.vocabulary import NEEDS, TIERS
from tests.benchmarks.plain_mesa.enterprise import Enterprise
from tests.benchmarks.plain_mesa.places import Operator, Park, ServicePlatform
from tests.benchmarks.plain_mesa.words import DISTRICT, IN_PLACE, INCUBATING, WAITING

COPIED = (  # columns that are plain attributes here too
    "status", "place", "sector", "segment", "origin", "weight", "long_stay", "founded_on", "entered_on", "left_on",
    "recognised_on", "stay", "waited", "area", "revenue", "level", "momentum", "desired", "cash", "vc_total", "funded_on",
    "patents", "is_high_tech", "acquired", "gained", "closure_clock", "relocation_clock",
)  # fmt: skip
OF_PARKS = (
    "announced", "fitted", "turning", "let", "rent", "amenity_area", "amenity_planned", "reputation", "effort", "graduates",
    "graduates_year", "earned", "incubatee_months", "letting_share", "letting_task", "newly_let", "opened_on", "minutes",
    "certified_share", "level",
)  # fmt: skip


def settle_in(model, cluster):
    """Operators, platforms, parks and firms of a cluster, in a model that has none yet."""
    found_places(model, cluster)
    firms = cluster.where(Columns, lambda f: f.exists())
    columns = {name: getattr(firms, name).tolist() for name in (*COPIED, "quality", "park_row", "january_park")}
    cells = {name: getattr(firms, name).tolist() for name in ("staff", "january", "past_revenue", "helped_until")}
    needs = {name: getattr(firms, name).tolist() for name in ("need_since", "need_due", "need_platform")}
    luck = lasting_luck(cluster, firms)
    for i in range(len(firms)):
        firm = bare(model)
        for name in COPIED:
            setattr(firm, name, columns[name][i])
        firm.born(columns["quality"][i])
        firm.staff, firm.january = cells["staff"][i], cells["january"][i]
        firm.park, firm.january_park = (
            at(model.parks, columns["park_row"][i]),
            at(model.parks, columns["january_park"][i]),
        )
        firm.incubating = firm.status == INCUBATING
        firm.rounding = luck["rounding"][i]
        if firm.status <= IN_PLACE:
            firm.taste, firm.taste_outside = array("d", luck["park"][i]), luck["outside"][i]
            firm.taste_leaving = luck["leaving"][i]
        if firm.status <= WAITING:
            model.waiting.add(firm)
        if firm.park is not None:
            become_tenant(firm, {name: values[i] for name, values in {**cells, **needs}.items()})
        if firm.place <= DISTRICT:
            model.locals.add(firm)


def bare(model):
    """A registered firm without any state."""
    firm = Enterprise.__new__(Enterprise)
    super(Enterprise, firm).__init__(model)
    firm.begin()
    return firm


def become_tenant(firm, cells):
    """What only tenants have."""
    firm.park.tenants.add(firm)
    firm.model.tenants.add(firm)
    firm.past_revenue, firm.helped_until = array("d", cells["past_revenue"]), cells["helped_until"]
    firm.needs = {kind: since for kind, since in enumerate(cells["need_since"]) if since >= 0}
    firm.cases = {
        kind: (due, firm.model.platforms[cells["need_platform"][kind]])
        for kind, due in enumerate(cells["need_due"])
        if due >= 0
    }


def at(parks, row):
    """The park of a row, None for -1."""
    return parks[row] if row >= 0 else None


def lasting_luck(cluster, firms):
    """Luck that lasts for life and has shown already: tastes, and how posts are rounded."""
    rounding = cluster.draw(tuple(f"rounding_{tier}" for tier in TIERS), firms)

    def taste(decision, alternatives):
        return distributions.gumbel(cluster.draw(decision, firms, alternatives)).tolist()

    return {
        "rounding": rounding.T.tolist(),
        "park": taste("taste_park", cluster.park_hashes),
        "outside": taste("taste_outside", space_market.OUTSIDE),
        "leaving": taste("taste_leaving", space_market.OUTSIDE),
    }


def found_places(model, cluster):
    """Operators, platforms and parks."""
    data, operators, parks = model.data, cluster.all(OperatorColumns), cluster.all(ParkColumns)
    model.pool = cluster.all(District).labour_pool[0].tolist()
    state = zip(
        operators.capability.tolist(), operators.own_capability.tolist(), operators.own_initiative.tolist(),
        operators.service_share.tolist(), strict=True,
    )  # fmt: skip
    model.operators = [Operator(model, *values) for values in state]
    model.platforms = [
        ServicePlatform(model, NEEDS.index(f.kind), f.sectors, f.capacity, f.quality) for f in data.platforms
    ]
    columns = {name: getattr(parks, name).tolist() for name in OF_PARKS}
    operator_row, kinds, reemployed = parks.operator_row, parks.kind, parks.reemployed.tolist()
    model.parks = []
    for row, park in enumerate(data.parks):
        new = Park(model, park.key, model.operators[operator_row[row]], **{n: v[row] for n, v in columns.items()})
        new.number, new.rent_due, new.reemployed = row, 0.0, reemployed[row]
        new.january_staff = int(parks.january_staff[row].sum())
        new.focus = {model.sectors.index(sector) for sector in park.focus}
        new.takes_graduates = bool(kinds[row] >= Kind.ACCELERATOR)
        new.platforms = on_the_list(model, park.key)
        new.reach = [sum(bool(by[s]) for by in new.platforms) / len(NEEDS) for s in range(len(model.sectors))]
        model.parks.append(new)
    for park, close in zip(model.parks, cluster.near.tolist(), strict=True):
        park.near = [other for other, near in zip(model.parks, close, strict=True) if near]


def on_the_list(model, key):
    """Platforms whose list reaches a park, best first: [kind][sector]."""
    best = sorted(zip(model.platforms, model.data.platforms, strict=True), key=lambda pair: -pair[0].quality)
    listed = [platform for platform, about in best if about.parks == ("all",) or key in about.parks]
    return [
        [[f for f in listed if f.kind == kind and (f.sectors == ("all",) or s in f.sectors)] for s in model.sectors]
        for kind in range(len(NEEDS))
    ]
