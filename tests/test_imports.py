"""Imports point one way: every room may import those below it, and only those. Imports inside functions count too."""

from tools.house import (
    FILES,
    FLOORS,
    MODEL,
    ROOT,
    WORDS_AND_FIGURES,
    against_the_rule,
    circle,
    imported,
    own,
    under,
    within,
)


def test_no_room_imports_one_above_it_or_beside_it():
    assert against_the_rule(FLOORS, "sim") == []


def test_inside_the_model_equations_know_nobody_and_the_cluster_knows_all():
    assert against_the_rule(MODEL, "sim.model") == []


def test_sentences_and_figures_know_only_their_data():
    wrong = []
    for name in under("sim.studies"):
        parts = name.split(".")
        if not set(parts[3:]) & set(WORDS_AND_FIGURES):
            continue
        study = ".".join(parts[:3])
        wrong += [
            f"{name} imports {other}"
            for other in own(imported(name))
            if not within(other, study, "sim.report", "sim.engine")
        ]
    assert sorted(wrong) == []


def test_only_the_configuration_imports_hydra():
    users = {name for name in FILES if any(within(i, "hydra", "omegaconf") for i in imported(name))}
    assert users == {"sim.inputs.config"}


def test_no_loose_module_lies_beside_the_rooms():
    assert {path.name for path in ROOT.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_no_modules_import_each_other_in_a_circle_not_even_inside_functions():
    assert " -> ".join(circle()) == ""
