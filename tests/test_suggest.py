"""The name that an unknown one is taken for, in the help of a problem."""

import pytest

from visitcheck.facts.zones import zone_help
from visitcheck.suggest import did_you_mean, nearest


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("lwa", ["law", "standard"], "law"),  # two letters changed places in a name of three: 0.67
        ("peking", ["kuching"], None),  # alike by chance: 0.62
        ("palace", ["home", "workplace"], "workplace"),
        ("Titel", ["title", "cites"], "title"),
        ("hong kong", ["Hong_Kong", "Honolulu"], "Hong_Kong"),
        ("place.knd", ["place.kind", "visit.kind"], "place.kind"),
        ("Asia/Shenzhen", ["Asia/Tashkent", "Asia/Shanghai"], None),  # 0.69 and 0.69, by the shared `Asia/`
        ("contacts.withdrawn", ["consents.withdrawn", "contacts.at"], "consents.withdrawn"),
        ("withdrawn", ["consents.withdrawn", "contacts.at"], "consents.withdrawn"),
        ("x" * 1_000_000, ["title"], None),
        ("", ["title"], None),
        ("title", [], None),
    ],
)
def test_the_nearest_name_is_one_that_may_have_been_meant(name: str, known: list[str], expected: str | None) -> None:
    assert nearest(name, known) == expected


def test_help_offers_one_name_or_lists_a_few_or_says_something_else() -> None:
    names = [f"name{index:02}" for index in range(20)]

    assert did_you_mean("nam03", names) == "did you mean `name03`?"
    assert did_you_mean("zzz", ["b", "a"]) == "known here: `a`, `b`"
    assert did_you_mean("zzz", names) is None
    assert did_you_mean("zzz", names, "see the docs") == "see the docs"
    assert did_you_mean("zzz", [], "declare it") == "declare it"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Asia/Shangai", "did you mean `Asia/Shanghai`?"),
        ("shanghai", "did you mean `Asia/Shanghai`?"),
        ("Asia/Hong Kong", "did you mean `Asia/Hong_Kong`?"),
        ("Asia/Beijing", "zones are written like `Asia/Shanghai`, in exact case"),
        ("Asia/Peking", "zones are written like `Asia/Shanghai`, in exact case"),
        ("GMT+8", "zones are written like `Asia/Shanghai`, in exact case"),
        ("CST", "zones are written like `Asia/Shanghai`, in exact case"),
    ],
)
def test_no_zone_of_another_place_is_offered(name: str, expected: str) -> None:
    assert zone_help(name) == expected
