"""A measure is one function and one entry of words; whatever is missing is said in one sentence."""

import re

import numpy as np
import pytest

from sim.engine.mistakes import ConfigurationError
from sim.model.measures import formulas
from sim.model.measures.definitions import HEADLINE, MEASURES, SPENDING, WORDS, describe, of_cluster, read_words
from sim.model.measures.measure import Measure, measure
from sim.model.measures.window import Window

CHINESE = re.compile("[\u4e00-\u9fff]")
GOOD = """
rent:
  title: {zh: 租金, en: Rent}
  definition: {zh: 挂牌租金, en: asking rent}
"""


def test_every_measure_has_words_in_both_languages_and_all_words_have_a_measure():
    about = describe()
    assert list(about) == list(MEASURES)
    for key, one in about.items():
        for text in ("title", "definition"):
            assert CHINESE.search(one[text]["zh"]) and not CHINESE.search(one[text]["en"]), f"{key}.{text}"


def test_each_measure_has_one_entry_in_the_file_of_words():
    keys = re.findall(r"^(\w+):", WORDS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys)), "a measure has two entries"
    assert set(keys) == set(MEASURES)


def test_every_public_function_of_the_formulas_is_a_measure():
    own = [f for f in vars(formulas).values() if getattr(f, "__module__", "") == formulas.__name__ and callable(f)]
    assert [f.__name__ for f in own if not isinstance(f, Measure) and not f.__name__.startswith("_")] == []


def test_the_measures_named_in_code_exist():
    assert {*HEADLINE, SPENDING} <= set(of_cluster())


def faults():
    return {
        "no words": ("", "no words for the measure 'rent'; expected its title and definition in zh and en."),
        "no measure": (
            GOOD + GOOD.replace("rent:", "rents:"),
            "'rents' is no measure; expected the name of a function in formulas.py, did you mean 'rent'?",
        ),
        "no language": (
            GOOD.replace(", en: Rent", ""),
            "rent.title is {'zh': '租金'}; expected zh and en, and nothing else.",
        ),
        "no definition": (
            "rent:\n  title: {zh: 租金, en: Rent}\n",
            "rent is {'title': {'zh': '租金', 'en': 'Rent'}}; expected title and definition, and nothing else.",
        ),
        "no text": (GOOD.replace("en: Rent", "en: 12"), "rent.title.en is 12; expected a text."),
        "a list": ("- rent\n", "the file holds a list; expected the words of each measure by its key."),
        "no YAML": ("rent: {zh: [\n", "this is no YAML; expected the words of each measure by its key."),
    }


@pytest.mark.parametrize("fault", faults())
def test_a_fault_in_the_words_is_said_in_one_sentence(fault, tmp_path):
    text, sentence = faults()[fault]
    file = tmp_path / "measures.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_words(file, ["rent"])
    said = str(caught.value)
    assert said.startswith(str(file)) and said.endswith(sentence)


def named(name):
    """A formula of that name."""

    def formula(w):
        return w.level(name)

    formula.__name__ = name
    return formula


def test_an_unknown_unit_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="formulas.py: rents has unit 'yuan'; expected one of share, 1/year"):
        measure("yuan")(named("rents"))
    with pytest.raises(ValueError, match="rents has good 'more'; expected one of up, down, none"):
        measure("CNY", good="more")(named("rents"))
    with pytest.raises(ValueError, match="rents has kinds street; expected some of cluster, park"):
        measure("CNY", kinds=("cluster", "street"))(named("rents"))


def test_a_year_shows_its_december_and_a_month_itself():
    months = {"let": np.arange(24.0)[:, None]}
    assert formulas.let_area(Window(months, yearly=True)).tolist() == [[11], [23]]
    assert formulas.let_area(Window(months, yearly=False)).tolist() == months["let"].tolist()
