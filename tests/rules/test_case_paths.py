"""Paths into a visit and the edits made with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.authoring.paths import EditTarget, NoSuchPathError, append, nearest_node, parse_path, put, remove
from visitcheck.documents import YamlNode, YamlScalar, YamlSequence, parse_yaml, to_python


def node(text: str) -> YamlNode:
    document, problems = parse_yaml(text, "visit.yaml")
    assert document is not None
    assert problems == []
    return document


def target(path: str) -> EditTarget:
    steps = parse_path(path)
    written = node(f'"{path}"')
    assert steps is not None
    assert isinstance(written, YamlScalar)
    return EditTarget(written, steps)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("visit", ("visit",)),
        ("visit.starts_at", ("visit", "starts_at")),
        ("notices[12].sent_at", ("notices", 12, "sent_at")),
        ("wishes.avoid_times[0].weekdays[1]", ("wishes", "avoid_times", 0, "weekdays", 1)),
    ],
)
def test_paths_are_names_and_positions(text: str, steps: tuple[str | int, ...]) -> None:
    assert parse_path(text) == steps


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a[b]", "a[-1]", "a[0][1]", "a b", "[0]", "a..b", "a[]", "访"])
def test_anything_else_is_no_path(text: str) -> None:
    assert parse_path(text) is None


names = st.sampled_from(["visit", "place", "plan", "id", "kind"])
values = st.dictionaries(names, st.one_of(st.integers(0, 9), st.dictionaries(names, st.integers(0, 9))))


@given(values, names, names)
def test_what_was_put_is_there_and_nothing_else_changed(value: dict, group: str, name: str) -> None:
    before = node(str(value).replace("'", ""))
    expected = to_python(before)
    assert isinstance(expected, dict)
    if isinstance(expected.get(group, {}), int):
        with pytest.raises(NoSuchPathError):
            put(before, target(f"{group}.{name}"), node("new"))
        return

    after = put(before, target(f"{group}.{name}"), node("new"))

    assert to_python(after) == {**expected, group: {**expected.get(group, {}), name: "new"}}
    assert to_python(remove(after, [target(f"{group}.{name}")])) == {
        **expected,
        group: {key: old for key, old in expected.get(group, {}).items() if key != name},
    }


@given(st.sets(st.integers(0, 11)))
def test_removals_count_positions_before_anything_is_removed(positions: set[int]) -> None:
    before = node(str({"contacts": list(range(12))}).replace("'", ""))

    after = remove(before, [target(f"contacts[{position}]") for position in sorted(positions)])

    assert to_python(after) == {"contacts": [n for n in range(12) if n not in positions]}


def test_elements_are_added_at_the_end_of_a_list_or_begin_one() -> None:
    more = node("[3]")
    assert isinstance(more, YamlSequence)

    assert to_python(append(node("{a: [1, 2]}"), target("a"), more)) == {"a": [1, 2, 3]}
    assert to_python(append(node("{b: 1}"), target("a.c"), more)) == {"b": 1, "a": {"c": [3]}}


def test_the_nearest_node_is_where_a_problem_is_underlined() -> None:
    visit = node("contacts:\n  - {at: noon}\n")

    assert str(nearest_node(visit, "$.contacts[0].at").place()) == "visit.yaml:2:10"
    assert str(nearest_node(visit, "$.contacts[0].party").place()) == "visit.yaml:2:5"
