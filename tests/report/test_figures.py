"""Figures: every glyph drawn, the same bytes twice, and sensible with two parks or three hundred."""

import dataclasses
import io
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from sim.engine.files import write_whole
from sim.report.files import render
from sim.studies.compare.figures import FIGURES, drawn, figures_of, write_figures
from sim.studies.compare.figures.tiles import layout
from tests.report.fake_results import fake_data


def renamed(data, title):
    scenarios = {**data.scenarios, data.packages[0]: {**data.scenarios[data.packages[0]], "title": title}}
    return dataclasses.replace(data, scenarios=scenarios)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_glyph_is_drawn_even_those_outside_gb2312(lang, toy_results):
    data = renamed(toy_results, {"zh": "三垟人才驿站−㎡▲", "en": "Talent homes in Sanyang 垟 − ㎡"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for draw, message in FIGURES.values():
            assert render(draw(data, lang), "svg", message(data, lang), data.run_id)


def test_a_glyph_no_font_has_is_an_error_and_not_a_box(toy_results):
    data = renamed(toy_results, {"zh": "服务优先🚀", "en": "Services first 🚀"})
    draw, message = FIGURES["scorecard"]
    with pytest.raises(ValueError, match="cannot draw"):
        render(draw(data, "zh"), "svg", message(data, "zh"), data.run_id)


def test_the_same_results_give_the_same_bytes(results, pictures):
    again = drawn(fake_data(packages=4, pairs=12), ("zh",), ("svg",))
    assert all(content == pictures[key] for key, content in again.items())


def test_pictures_carry_the_run_and_no_date(results, pictures):
    svg = pictures["zh", "fans", "svg"].decode()
    assert results.run_id in svg and "<dc:date>" not in svg and "<text" not in svg
    draw, message = FIGURES["fans"]
    png = Image.open(io.BytesIO(render(draw(results, "zh"), "png", message(results, "zh"), results.run_id)))
    assert results.run_id in png.info["Description"] and "Software" not in png.info
    assert round(png.info["dpi"][0]) == 300 and png.width == 2760


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_its_source_and_that_it_is_no_prediction(name, results):
    draw, message = FIGURES[name]
    words = " ".join(text.get_text() for text in draw(results, "zh").texts)
    assert message(results, "zh") in words
    assert f"运行号 {results.run_id}" in words and f"{results.pairs} 次" in words and "不作为预测" in words


def test_two_parks_and_one_package_are_enough(toy_results):
    assert len(drawn(toy_results, ("zh",), ("svg",))) == 4


def test_a_single_scenario_has_no_differences_to_draw(lone_results):
    assert figures_of(lone_results) == ["scorecard", "fans", "tiles"]
    assert len(drawn(lone_results, ("en",), ("svg",))) == 3
    assert FIGURES["differences"][0](lone_results, "en").axes == []


def test_three_hundred_parks_are_tiles_without_labels():
    data = fake_data(parks=300, packages=1, pairs=2, monthly=False)
    figure = FIGURES["tiles"][0](data, "en")
    assert all(not axes.texts for axes in figure.axes)
    assert len(figure.axes[0].collections[0].get_paths()) == 300


@pytest.mark.parametrize("n", [1, 2, 7, 36])
def test_every_park_has_a_tile_of_its_own_and_north_is_up(n):
    parks = fake_data(parks=n, packages=0, pairs=2, monthly=False).parks
    cells, columns, rows = layout(parks)
    assert len({tuple(cell) for cell in cells}) == n
    assert cells.min() >= 0 and (cells.max(axis=0) < [columns, rows]).all()
    if n == 36:
        assert np.corrcoef(cells[:, 1], parks["latitude"])[0, 1] < -0.7
        assert np.corrcoef(cells[:, 0], parks["longitude"])[0, 1] > 0.7


def test_drawing_leaves_the_users_settings_alone(toy_results):
    mpl.rcParams["font.size"] = 13.5
    before = dict(mpl.rcParams)
    drawn(toy_results, ("zh",), ("svg",))
    assert dict(mpl.rcParams) == before
    mpl.rcParams["font.size"] = mpl.rcParamsDefault["font.size"]


def test_results_may_come_as_categories(toy_results):
    tables = {}
    for name in ("monthly", "yearly", "differences", "costs"):
        table = getattr(toy_results, name)
        texts = [column for column in table.columns if column in ("scenario", "measure", "unit_kind", "unit", "month")]
        tables[name] = table.astype(dict.fromkeys(texts, "category"))
    same = dataclasses.replace(toy_results, **tables)
    assert drawn(same, ("zh",), ("svg",)) == drawn(toy_results, ("zh",), ("svg",))


def test_files_are_whole_and_nothing_else_is_left(tmp_path, toy_results):
    paths = write_figures(toy_results, tmp_path, ("zh",))
    assert sorted(p.name for p in (tmp_path / "figures" / "zh").iterdir()) == sorted(
        f"{name}.{form}" for name in figures_of(toy_results) for form in ("png", "svg")
    )
    assert len(paths) == 8 and all(path.stat().st_size > 1000 for path in paths)
    with pytest.raises(TypeError):
        write_whole(tmp_path / "broken.txt", 7)
    assert [p.name for p in tmp_path.iterdir()] == ["figures"]
