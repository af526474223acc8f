"""The tree of regions that addresses are chosen from."""

from dealwright.model import regions


def test_every_region_has_a_code_of_digits_that_begins_with_the_one_above() -> None:
    found = regions.regions()

    assert len(found) > 3_000
    assert [code for code, region in found.items() if not (region.code == code and code.isdigit())] == []
    assert [r.code for r in found.values() if r.parent and not r.code.startswith(r.parent)] == []


def test_each_province_is_offered_once_with_a_name() -> None:
    names = {region.code: region.name for region in regions.children_of(None)}

    assert len(names) == 34
    assert (names["71"], names["11"], names["81"]) == ("台湾省", "北京市", "香港特别行政区")
