"""Words, numbers and colours keep the house rules."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

import sim.report
from sim.report.style import missing_characters, palette, readable, spread, text_on, width_of, wrap
from sim.report.units import money_unit, percent, plain, unit_of
from sim.report.words import LANGUAGES, listed, say, within

FOLDER = Path(sim.report.__file__).parent
BOOKS = {lang: yaml.safe_load((FOLDER / "words" / f"{lang}.yaml").read_text(encoding="utf-8")) for lang in LANGUAGES}
# Keys put together from such a word and the name of a grade, an end, an event …
NAMED = (
    "grade",
    "end",
    "lives_end",
    "change",
    "outcome",
    "source",
    "measure",
    "ledger_head",
    "event",
    "cause",
    "place",
    "need",
)
POINTS = {"percent": True, "unit": {"zh": "%", "en": "%"}}


def test_both_languages_have_the_same_words_and_nothing_unused():
    assert BOOKS["zh"].keys() == BOOKS["en"].keys()
    sources = [p for p in FOLDER.parent.rglob("*") if p.suffix in (".py", ".j2")]
    code = "".join(p.read_text(encoding="utf-8") for p in sources)
    own = [k for k in BOOKS["zh"] if not k.startswith(tuple(f"{word}_" for word in NAMED))]
    unused = [k for k in own if f'"{k}"' not in code and f".{k} " not in code]
    assert unused == []


def test_blanks_of_a_sentence_are_known_to_the_code():
    common = {"reference", "package", "year", "n"}
    for key in BOOKS["zh"]:
        zh, en = (set(re.findall(r"{(\w+)}", str(BOOKS[lang][key]))) for lang in ("zh", "en"))
        assert zh ^ en <= common | {"move", "moves", "least", "most", "last"}, key


def test_numbers_have_a_true_minus_and_never_a_negative_zero():
    assert plain(-1234.5, 1) == "−1,234.5"
    assert plain(-0.04, 1) == "0.0" and plain(0.04, 1, sign=True) == "0.0"
    assert plain(math.nan) == "–" and percent(0.7634) == "76.3%"


def test_a_difference_of_rates_is_in_points_and_never_percent():
    assert unit_of(POINTS, "zh").change(0.066) == "+6.6个百分点"
    assert unit_of(POINTS, "en").change(-0.066) == "−6.6 points"


def test_money_is_written_in_the_size_that_fits():
    assert money_unit(4.2e8, "zh").level(4.2e8) == "4.20亿元" and money_unit(1.85e6, "zh").level(1.85e6) == "185万元"
    assert money_unit(4.2e8, "en").level(4.2e8) == "CNY 420 m" and money_unit(2.5e9, "en").level(2.5e9) == "CNY 2.50 bn"


def test_colours_belong_to_scenarios_and_at_most_four_are_coloured():
    names = ["a", "b", "c", "d", "e", "f"]
    colours = palette(names, "c")
    assert [colours[n] for n in "cabd"] == ["#0b6e99", "#d1495b", "#edae49", "#4f7942"]
    assert colours["e"] == colours["f"] and palette([*names, "g"], "c")["d"] == colours["d"]
    assert text_on("#123a5c") == "white" and text_on("#f4f4f4") != "white"
    assert readable("#edae49") != "#edae49" and readable("#123a5c") == "#123a5c"


def test_lines_break_where_they_may_and_long_ones_end_in_dots():
    lines = wrap("园区入驻率（参照），逐年变化", 0.9, 9)
    assert len(lines) > 1 and not any(line[0] in "，）" for line in lines)
    assert all(width_of(line, 9) <= 0.95 for line in lines[:-1])
    assert wrap("Investment promotion drive", 1.0, 8, lines=1)[0].endswith("...")
    assert wrap("Seed fund", 9, 9) == ["Seed fund"]


def test_labels_are_pushed_apart_in_order():
    placed = spread([0.5, 0.5, 0.51, 0.9], [0.1] * 4, 0, 1)
    assert (np.diff(placed) >= 0.1 - 1e-9).all() and placed[3] == 0.9
    assert spread([0.99, 1.0], [0.2, 0.2], 0, 1) == pytest.approx([0.8, 1.0])


def test_characters_that_cannot_be_drawn_are_known_beforehand():
    assert missing_characters("三垟街道 −㎡▲") == [] and missing_characters("服务🚀") == ["🚀"]


def test_titles_lose_their_capital_inside_an_english_sentence():
    assert within("Occupancy rate", "en") == "occupancy rate" and within("R&D", "en") == "R&D"
    assert listed(["甲", "乙", "丙"], "zh") == "甲、乙和丙"
    with pytest.raises(KeyError):
        say("zh", "no_such_words")
    with pytest.raises(ValueError, match="no words for the language"):
        say("fr", "note")
