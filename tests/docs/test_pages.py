"""The documentation site: its made pages hold what the code and the configuration hold, and its map lists every page."""

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from sim.cli.main import verbs
from sim.inputs.catalogue import described, options, package
from sim.model.measures.definitions import MEASURES
from sim.model.parameters import catalogue
from sim.model.policies import POLICY_KINDS
from tools import draw_house, house, make_pages, make_site, page_tables

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
COMMANDS = {"en": "docs/commands.md", "zh": "docs/commands.zh.md"}


@pytest.fixture(scope="module")
def made():
    return page_tables.pages((ROOT / "sim" / "ODD.md").read_text(encoding="utf-8"))


def rows(page):
    """Cells of the rows of every table of a page, by what stands in code type in the first."""
    cells = [[cell.strip() for cell in line.strip("| ").split(" |")] for line in page.splitlines() if line[:2] == "| "]
    return {names[0]: row for row in cells if (names := re.findall(r"`([^`]+)`", row[0]))}


# What is made


@LANGUAGES
@pytest.mark.parametrize("key", options("policy"))
def test_the_page_of_levers_has_every_lever_with_its_point_of_the_plan_and_all_its_settings(made, key, lang):
    page, about = made[f"levers.{lang}"], described("policy")[key]
    assert rows(page)[key][1:3] == [about["title"][lang], about["answers"]]
    part = page.split(f"{{ #{key} }}")[1].split("\n## ")[0]
    assert about["explanation"][lang] in part
    own = {field.name for field in dataclasses.fields(POLICY_KINDS[about["kind"]])} & set(about) - set(
        rows(page.split("{ #")[0])
    )
    assert {name for name in own if name not in ("name", "title", "explanation", "answers", "source", "grade")} <= set(
        rows(part)
    )


@LANGUAGES
@pytest.mark.parametrize("key", options("scenario"))
def test_the_page_of_scenarios_has_every_scenario_with_its_levers(made, key, lang):
    title, _, levers = rows(made[f"scenarios.{lang}"])[key][1:]
    assert title == described("scenario")[key]["scenario_title"][lang]
    assert re.findall(r"`(\w+)`", levers) == package(key)


@LANGUAGES
def test_the_pages_of_measures_and_parameters_have_every_one(made, lang):
    assert set(rows(made[f"measures.{lang}"])) == set(MEASURES)
    found = rows(made[f"parameters.{lang}"])
    assert set(found) == set(catalogue())
    assert {name: row[2] for name, row in found.items()} == {name: about["unit"] for name, about in catalogue().items()}


def test_a_sign_that_would_end_a_cell_is_escaped():
    assert page_tables.table(["a"], [["x | y\nz"]]).splitlines()[-1] == r"| x \| y z |"


# Commands


@LANGUAGES
def test_the_page_of_commands_has_every_verb(lang):
    text = (ROOT / COMMANDS[lang]).read_text(encoding="utf-8")
    assert set(verbs()) <= set(re.findall(r"^incubator (\w+)", text, re.MULTILINE))


def test_the_pages_of_commands_have_the_same_options_and_the_help_has_them_too():
    english, chinese = (
        {
            name
            for first in rows((ROOT / page).read_text(encoding="utf-8").split("\n## ")[2]).values()
            for name in re.findall(r"(\w+)=", first[0])
        }
        for page in COMMANDS.values()
    )
    assert english == chinese
    told = make_pages.told_by_the_command("commands.md")
    # Any setting may be typed; these stand for it.
    assert {name for name in english if f"{name}=" not in told} <= {"structures", "grades", "orders", "fresh", "until"}


# Pages, the map, the figure


def test_every_module_is_on_one_page_and_every_page_is_on_the_map():
    settings = tomllib.loads((ROOT / "docs" / "site" / "zensical.toml").read_text(encoding="utf-8"))["project"]
    listed = [page for part in settings["nav"] for page in pages_of(part)]
    assert len(listed) == len(set(listed))
    shown = make_pages.modules()
    modules = [module for modules in shown.values() for module in modules]
    assert len(modules) == len(set(modules))
    assert set(house.FILES) - set(modules) - {"sim", "sim.__main__"} <= {n for n in house.FILES if is_package(n)}
    assert {page for page in listed if page.startswith("api/")} == {
        "api/index.md",
        *(f"api/{room}.md" for room in shown),
    }
    written = {str(path.relative_to(ROOT).with_suffix(".md").as_posix()) for path in (ROOT / "docs").rglob("*.*")}
    guides = {
        page for page in written if re.fullmatch(r"docs/(notebooks/)?[\w.-]+\.md", page) and not page.endswith(".ipynb")
    }
    assert {page for page in listed if page.startswith("docs/")} == guides


def pages_of(part):
    """Pages of a part of the map, parts within it included."""
    if isinstance(part, str):
        return [part]
    return [page for inner in (part.values() if isinstance(part, dict) else part) for page in pages_of(inner)]


def is_package(name):
    return house.FILES[name].name == "__init__.py"


def test_links_lead_to_the_page_of_the_site_and_those_to_other_files_become_words():
    source, shown = ROOT / "docs" / "a.md", {ROOT / "README.md": make_pages.PAGES / "index.md"}
    shown[source] = make_pages.PAGES / "docs" / "a.md"
    text = (
        "[r](../README.md#x) [l](../LICENSE) ![p](images/p.png) [w](https://example.org)\n```\n[c](../LICENSE)\n```\n"
    )
    assert make_pages.relinked(text, source, shown) == (
        "[r](../index.md#x) l ![p](images/p.png) [w](https://example.org)\n```\n[c](../LICENSE)\n```\n"
    )


def test_what_a_page_fetches_from_elsewhere_is_found_and_links_for_readers_are_not(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="https://x.org">x</a><script src="https://cdn.org/s.js"></script><img src="b.png">'
    )
    (tmp_path / "b.css").write_text(
        "@import url('//fonts.org/f'); p { background: url(data:image/svg+xml,<svg xmlns='http://w3'>) }"
    )
    found = [(path.name, address) for path, address in make_site.from_outside(tmp_path)]
    assert found == [("a.html", "https://cdn.org/s.js"), ("b.css", "//fonts.org/f")]


def test_the_page_on_the_house_lists_its_floors_from_the_top():
    for page in ("architecture.md", "architecture.zh.md"):
        block = (ROOT / "docs" / page).read_text(encoding="utf-8").split("```")[1]
        told = [line.split()[0] for line in block.strip().splitlines()]
        floors = {room: number for number, rooms in enumerate(house.FLOORS) for room in rooms}
        assert sorted(told) == sorted(path.name for path in house.ROOT.iterdir() if (path / "__init__.py").exists())
        assert [floors[room] for room in told] == sorted((floors[room] for room in told), reverse=True)


def test_the_figure_of_the_house_has_every_room_and_only_arrows_that_point_down(tmp_path):
    english, chinese = draw_house.main(tmp_path)
    places, links = draw_house.places(), house.arrows()
    text = english.read_text(encoding="utf-8")
    assert all(f">sim/{room}<" in text for room in places)
    for room, other in draw_house.direct(links):
        assert f"{room} → {other}" in text
        assert places[room][1] < places[other][1]
    assert draw_house.TITLE["zh"] in chinese.read_text(encoding="utf-8")


def test_the_figure_in_the_page_on_the_house_is_of_the_imports_as_they_are(tmp_path):
    for drawn in draw_house.main(tmp_path):
        shown = ROOT / "docs" / "images" / drawn.name
        assert shown.read_text(encoding="utf-8") == drawn.read_text(encoding="utf-8"), (
            "imports between rooms have changed: python -m tools.draw_house docs/images"
        )


def test_a_house_against_the_rule_is_not_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(draw_house, "circle", lambda: ["sim.a", "sim.b", "sim.a"])
    with pytest.raises(SystemExit, match="sim.a -> sim.b -> sim.a"):
        draw_house.main(tmp_path)
    assert not list(tmp_path.iterdir())


def test_arrows_that_a_detour_implies_are_left_out():
    links = {("top", "middle"): 1, ("middle", "ground"): 1, ("top", "ground"): 1}
    assert draw_house.direct(links) == {("top", "middle"), ("middle", "ground")}
