"""Deferred acceptance: who gets scarce room."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.rationing import allocate
from tests.reference import deferred_acceptance


def room(lists, sizes, priority, capacity, tie=None):
    """allocate with Python lists; one size and one priority an applicant."""
    n, depth = len(lists), max(map(len, lists))
    choices = np.array([row + [-1] * (depth - len(row)) for row in lists])
    size, standing = (np.repeat(np.array(x)[:, None], depth, axis=1) for x in (sizes, priority))
    return allocate(
        choices, size, standing, np.arange(n) if tie is None else np.array(tie), np.array(capacity)
    ).tolist()


@st.composite
def markets(draw, unit_sizes=False):
    n, m = draw(st.integers(1, 12)), draw(st.integers(1, 5))
    depth = draw(st.integers(1, m))
    choices = np.full((n, depth), -1)
    for i in range(n):
        order = draw(st.permutations(range(m)))[: draw(st.integers(0, depth))]
        choices[i, : len(order)] = order
    numbers = st.integers(1, 1 if unit_sizes else 6)
    size = np.array(draw(st.lists(st.lists(numbers, min_size=depth, max_size=depth), min_size=n, max_size=n)))
    ranks = st.lists(st.lists(st.integers(0, 3), min_size=depth, max_size=depth), min_size=n, max_size=n)
    priority = np.array(draw(ranks), float)
    tie = np.array(draw(st.permutations(range(n)))) / n
    capacity = np.array(draw(st.lists(st.integers(0, 10), min_size=m, max_size=m)))
    return choices, size, priority, tie, capacity


def used(held, choices, size, capacity):
    taken = np.zeros(len(capacity), int)
    for i, at in enumerate(held):
        if at >= 0:
            taken[at] += size[i, list(choices[i]).index(at)]
    return taken


def test_the_higher_standing_gets_the_last_place_whoever_asked_first():
    assert room([[0], [0]], [1, 1], [1.0, 0.0], [1]) == [-1, 0]


def test_who_is_refused_asks_the_next_and_may_push_out_another_there():
    # A and B want park 0, B stands higher; A goes on to park 1 and stands higher there than C, who is left without.
    assert room([[0, 1], [0], [1]], [1, 1, 1], [1.0, 0.0, 2.0], [1, 1]) == [1, 0, -1]


def test_one_too_big_for_what_is_left_is_passed_over():
    # 100 m2 free: the first takes 60, the second wants 60 and is passed over, the third takes the 40 that are left.
    assert room([[0], [0], [0]], [60, 60, 40], [0.0, 1.0, 2.0], [100]) == [0, -1, 0]


def test_equals_are_settled_by_the_tie_number():
    assert room([[0], [0]], [1, 1], [0.0, 0.0], [1], tie=[0.7, 0.2]) == [-1, 0]


def test_without_applicants_without_lists_and_without_room_nobody_gets_anything():
    assert (
        allocate(np.zeros((0, 3), int), np.zeros((0, 3), int), np.zeros((0, 3)), np.zeros(0), np.array([1])).tolist()
        == []
    )
    assert allocate(
        np.zeros((2, 0), int), np.zeros((2, 0), int), np.zeros((2, 0)), np.zeros(2), np.array([1])
    ).tolist() == [-1, -1]
    assert room([[0], [0]], [50, 50], [0.0, 1.0], [0]) == [-1, -1]


@given(markets())
def test_capacity_is_respected_and_nobody_gets_what_was_not_asked_for(market):
    choices, size, priority, tie, capacity = market
    held = allocate(choices, size, priority, tie, capacity)
    assert all(at in row for at, row in zip(held, choices.tolist(), strict=True) if at >= 0)
    assert np.all(used(held, choices, size, capacity) <= capacity)


@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(market, random):
    choices, size, priority, tie, capacity = market
    order = list(range(len(tie)))
    random.shuffle(order)
    held = allocate(choices, size, priority, tie, capacity)
    shuffled = allocate(choices[order], size[order], priority[order], tie[order], capacity)
    assert shuffled.tolist() == held[order].tolist()


@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_parks_decides_nothing(market, random):
    choices, size, priority, tie, capacity = market
    names = list(range(len(capacity)))
    random.shuffle(names)
    renamed = np.where(choices >= 0, np.array(names)[np.maximum(choices, 0)], -1)
    moved = np.empty_like(capacity)
    moved[names] = capacity
    held, again = allocate(choices, size, priority, tie, capacity), allocate(renamed, size, priority, tie, moved)
    assert again.tolist() == [names[at] if at >= 0 else -1 for at in held]


@given(markets(unit_sizes=True))
def test_with_equal_areas_no_pair_would_rather_have_each_other(market):
    choices, size, priority, tie, capacity = market
    held = allocate(choices, size, priority, tie, capacity)
    standing = {
        (i, at): (priority[i, k], tie[i])
        for i, row in enumerate(choices.tolist())
        for k, at in enumerate(row)
        if at >= 0
    }
    for i, row in enumerate(choices.tolist()):
        for at in row:
            if at < 0 or at == held[i]:
                break
            inside = [j for j in range(len(held)) if held[j] == at]
            assert len(inside) == capacity[at], "refused although there was room"
            assert all(standing[j, at] < standing[i, at] for j in inside), "refused for one who stands lower"


@given(markets())
def test_it_is_the_textbooks_deferred_acceptance(market):
    choices, size, priority, tie, capacity = market
    textbook = deferred_acceptance(choices.tolist(), size.tolist(), priority.tolist(), tie.tolist(), capacity.tolist())
    assert allocate(choices, size, priority, tie, capacity).tolist() == textbook
