"""Which fields each role sees, and that a field right counts only on rows that the same grant covers."""

from access.office import Office
from dealwright.access import mask
from dealwright.model import schema_of

LEVELS = [
    ("root", {"name": "write", "amount": "write", "cost": "write", "mobile": "write"}),
    ("des", {"name": "hidden", "amount": "hidden", "cost": "hidden", "mobile": "hidden"}),
    ("ann", {"name": "write", "amount": "write", "cost": "hidden", "mobile": "write"}),
    ("bea", {"name": "write", "amount": "write", "cost": "hidden", "mobile": "write"}),
    ("ida", {"name": "write", "amount": "hidden", "cost": "hidden", "secret_note": "read"}),
    ("eve", {"name": "read", "amount": "read", "cost": "hidden", "mobile": "masked"}),
]


def test_each_role_has_the_field_levels_of_the_matrix(office: Office) -> None:
    for person, levels in LEVELS:
        rights = office.rights(person)
        assert {key: rights.level(key) for key in levels} == levels, person


def test_a_field_that_does_not_exist_is_as_hidden_as_one_that_may_not_be_seen(office: Office) -> None:
    rights = office.rights("bea")
    assert rights.level("cost") == rights.level("nothing") == "hidden"
    assert "cost" not in rights.readable_fields and "amount" in rights.readable_fields


def test_a_field_right_counts_only_on_rows_that_the_same_grant_covers(office: Office) -> None:
    office.role("looker", {"read": "all", "level": "read", "fields": {"secret_note": "hidden"}})
    own, other = office.deal("bea"), office.deal("dan")
    office.give("bea", "salesperson", "looker")
    assert office.covered("bea", "read") == {own, other}
    assert office.showing("bea", "name") == {own, other}
    assert office.showing("bea", "secret_note") == {own}


def test_a_masked_level_on_more_rows_does_not_unmask_them(office: Office) -> None:
    own, other = office.deal("bea"), office.deal("dan")
    office.give("bea", "salesperson", "analyst")
    assert office.rights("bea").level("mobile") == "write"
    assert office.showing("bea", "mobile") == {own}
    assert other in office.covered("bea", "read")


def test_a_role_that_only_creates_does_not_open_a_field_on_rows_it_cannot_read(office: Office) -> None:
    office.role("writer", {"create": True, "read": "none", "level": "write"})
    office.role("looker", {"read": "all", "level": "read", "fields": {"secret_note": "hidden"}})
    office.deal("dan")
    office.give("bea", "writer", "looker")
    assert office.showing("bea", "secret_note") == set()


def test_masking_leaves_enough_to_recognise_and_not_enough_to_use(office: Office) -> None:
    with office.db.read() as uow:
        fields = schema_of(uow).object("deal").fields
    assert mask(fields["mobile"], "+8613812341234") == "138****1234"
    assert mask(fields["mobile"], None) is None
    assert "secret" not in str(mask(fields["secret_note"], "secret words"))
    assert mask(fields["amount"], 12) == "•••"
