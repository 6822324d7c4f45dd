"""The page: complete in itself, escaped, and honest about what is undefined."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from sim.studies.compare.page import css_string, page, write_page


class Addresses(HTMLParser):
    """Every address a browser would fetch or follow."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href", "srcset", "poster", "data", "action")]


@pytest.fixture(scope="module")
def html(results, pictures):
    return {lang: page(results, lang, pictures) for lang in ("zh", "en")}


def words_of(html):
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_fetches_nothing_from_outside(html, lang):
    addresses = Addresses()
    addresses.feed(html[lang])
    allowed = ("data:image/svg+xml;base64,", "report.zh.html", "report.en.html")
    assert all(address.startswith(allowed) for address in addresses.found)
    assert "http:" not in html[lang] and "https:" not in html[lang] and "<script" not in html[lang]
    assert "@import" not in html[lang]
    assert set(re.findall(r"url\((.{0,20})", html[lang])) == {"data:font/woff;base64"[:20]}


def test_every_section_is_there_in_both_languages(html):
    for text in html.values():
        for section in ("findings", "scorecard", "course", "sure", "parks", "uncertainty", "repeat", "definitions"):
            assert f'id="{section}"' in text
    assert "不作为预测" in words_of(html["zh"]) and "not a prediction" in words_of(html["en"])
    assert 'lang="zh-CN"' in html["zh"] and 'lang="en"' in html["en"]


def test_the_scorecard_is_a_real_table(html, results):
    table = re.search(r'<table class="scorecard">.*?</table>', html["zh"], flags=re.DOTALL)[0]
    for key in results.ordered:
        assert f"</i>{results.name(key, 'zh')}</th>" in table
        assert f"{100 * results.level(key, 'occupancy_rate'):.1f}%" in table
    assert table.count("<tr>") == 1 + len(results.ordered)


def test_an_undefined_cost_is_called_so(html, results):
    assert not all(results.costs["defined"])
    assert html["zh"].count("无法定义") == html["en"].count(">undefined<") == (~results.costs["defined"]).sum()


def test_how_sure_is_told_for_every_package_and_headline_measure(html, results):
    for measure in results.headline:
        for d in results.compared(measure):
            assert f"{d.pairs:.0f}" == str(results.pairs)
            low, high = (f"{100 * value:+.1f}".replace("-", "−") for value in (d.low, d.high))
            interval = f"{low} to {high}".replace("+0.0", "0.0").replace("−0.0", "0.0")
            assert interval in html["en"]


def test_titles_are_escaped(results, pictures):
    first = results.packages[0]
    scenario = {"title": {"zh": "<b>坏</b>&", "en": "<script>x</script>"}, "explanation": {"zh": "<i>", "en": "<i>"}}
    data = dataclasses.replace(results, scenarios={**results.scenarios, first: scenario}, command="run 'a' <b>")
    for lang in ("zh", "en"):
        text = page(data, lang, pictures)
        assert "<script" not in text and "<b>坏" not in text and "<dd><i>" not in text
        assert "run &#39;a&#39; &lt;b&gt;" in text
    assert css_string('a"</style>') == "a\\22 \\3c \\2f style\\3e "


def test_one_scenario_makes_a_page_without_comparisons(lone_results, tmp_path):
    paths = write_page(lone_results, tmp_path, ("zh",))
    assert [path.name for path in paths] == ["report.zh.html", "report.html"]
    text = paths[0].read_text(encoding="utf-8")
    assert 'id="sure"' not in text and "95%区间含零" not in words_of(text)


def test_the_first_language_is_the_front_page_and_bytes_repeat(results, pictures, tmp_path):
    first, *_, front = write_page(results, tmp_path, ("en",), pictures)
    assert first.read_bytes() == front.read_bytes()
    assert "report.zh.html" not in front.read_text(encoding="utf-8")
    assert write_page(results, tmp_path / "again", ("en",), pictures)[0].read_bytes() == first.read_bytes()


def test_the_page_brings_its_own_font_for_the_characters_it_uses(html):
    for text in html.values():
        assert text.count("@font-face") == 2
    assert len(html["en"]) < 2_500_000
