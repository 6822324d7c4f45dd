"""Every decision of the model that is left to luck. A phase draws by its name: `cluster.draw("review", firms)`."""

from sim.engine.streams import register
from sim.model.vocabulary import TIERS

# Every decision that is left to luck: name -> (does the luck belong to a month?, what it decides).
# A month belongs in the key only if the luck is of that month: tastes and founders' marks last for life.
DECISIONS = {
    "arrival_gap": (True, "gaps of the Poisson field from which applicants come"),
    "mark_quality": (False, "founder quality"),
    "mark_age": (False, "age on arrival"),
    "mark_staff": (False, "staff on arrival"),
    "mark_revenue": (False, "revenue a head on arrival"),
    "mark_long_stay": (False, "entitled to the longer tenancy limit"),
    "rounding_general": (False, "rounding of general posts"),
    "rounding_skilled": (False, "rounding of skilled posts"),
    "rounding_high_level": (False, "rounding of high-level posts"),
    "taste_park": (False, "taste for each park"),
    "taste_outside": (False, "taste for premises outside the cluster"),
    "taste_leaving": (False, "taste for each place after leaving a park"),
    "followed": (False, "whether a firm that settles elsewhere is in the sample that is followed"),
    "tie": (False, "order among equals"),
    "screening": (False, "error of a park's judgement of an applicant"),
    "review": (True, "does a tenant look around for another park this month"),
    "need_technology": (True, "a need for research technology"),
    "need_testing": (True, "a need for inspection and testing"),
    "need_talent": (True, "a need for help in finding staff"),
    "need_finance": (True, "a need for finance"),
    "need_market": (True, "a need for market and chain contacts"),
    "process_time": (True, "whether a case takes the month more or less"),
    "growth_size": (True, "how large a month's shock is: gamma time of the variance-gamma process"),
    "growth_sign": (True, "its direction: the normal part"),
    "round": (True, "a funding round"),
    "round_amount": (True, "its amount"),
    "round_kind": (True, "equity or bank credit"),
    "patent": (True, "intellectual property filed"),
    "certificate": (True, "the national high-tech certificate"),
    "acquisition": (True, "acquired or listed"),
    "recognition": (True, "recognised as a graduate this month"),
    "seed_round": (True, "a seed round from a public fund"),
    "voucher": (False, "who comes first while vouchers are not yet for everybody"),
    "bundle": (True, "whether a case of technology comes with help from finance"),
    "closure_clock": (False, "unit exponential of the closure clock"),
    "relocation_clock": (False, "unit exponential of the relocation clock"),
    "part_order": (False, "the order in which parts of a package join, when their shares are sampled"),
}
for _tier in TIERS:
    DECISIONS |= {
        f"hire_{_tier}": (True, "hires this month"),
        f"quit_january_{_tier}": (True, "who leaves among those employed on 1 January"),
        f"quit_later_{_tier}": (True, "who leaves among those hired since"),
        f"layoff_january_{_tier}": (True, "who is laid off among those employed on 1 January"),
        f"layoff_later_{_tier}": (True, "who is laid off among those hired since"),
        f"stay_quit_january_{_tier}": (
            True,
            "who of January's people that quit finds another employer in the district",
        ),
        f"stay_quit_later_{_tier}": (True, "who of the later people that quit finds one"),
        f"stay_layoff_january_{_tier}": (True, "who of January's people laid off finds one"),
        f"stay_layoff_later_{_tier}": (True, "who of the later people laid off finds one"),
        f"parting_january_{_tier}": (True, "January's people of a firm that ends or leaves: who stays in the district"),
        f"parting_later_{_tier}": (True, "the later people of a firm that ends or leaves: who stays in the district"),
        f"drift_{_tier}": (True, "re-employed people who leave the district after all"),
    }

register(DECISIONS)

MARKS = (
    "mark_quality", "mark_age", "mark_long_stay", "mark_staff", *(f"rounding_{tier}" for tier in TIERS), "mark_revenue",
    "closure_clock", "relocation_clock",
)  # fmt: skip
