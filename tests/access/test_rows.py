"""Which rows each role covers: the matrix of the manual's page on rights."""

from datetime import timedelta

import pytest

from access.office import Office

# role's person -> action -> rows covered, by owner: bea and bob sell in the north, cat below it, dan in the south
ROWS = [
    ("root", "read", {"bea", "bob", "cat", "dan"}),
    ("root", "update", {"bea", "bob", "cat", "dan"}),
    ("root", "delete", {"bea", "bob", "cat", "dan"}),
    ("des", "read", set()),
    ("des", "update", set()),
    ("des", "delete", set()),
    ("ann", "read", {"bea", "bob", "cat"}),
    ("ann", "update", {"bea", "bob", "cat"}),
    ("ann", "transfer", {"bea", "bob", "cat"}),
    ("bea", "read", {"bea"}),
    ("bea", "update", {"bea"}),
    ("bea", "delete", {"bea"}),
    ("bea", "transfer", set()),
    ("ida", "read", {"bea", "bob"}),
    ("ida", "update", {"bea", "bob"}),
    ("ida", "delete", set()),
    ("eve", "read", {"bea", "bob", "cat", "dan"}),
    ("eve", "update", set()),
    ("eve", "delete", set()),
]


def test_each_role_covers_the_rows_of_the_matrix(office: Office) -> None:
    deals = {name: office.deal(name) for name in ("bea", "bob", "cat", "dan")}
    for person, action, owners in ROWS:
        assert office.covered(person, action) == {deals[name] for name in owners}, (person, action)


# person -> create, export, most rows imported and changed in bulk (None: no limit that matters), rights
FLAGS = [
    ("root", True, True, None, None, {"audit", "design", "manage_config", "manage_users"}),
    ("des", False, False, 0, 0, {"design"}),
    ("ann", True, True, None, None, set()),
    ("bea", True, False, 500, 500, set()),
    ("ida", True, False, None, None, set()),
    ("eve", False, True, 0, 0, set()),
]


def test_each_role_has_the_other_rights_of_the_matrix(office: Office) -> None:
    for person, create, export, most_import, most_bulk, rights in FLAGS:
        found = office.rights(person)
        assert (found.grant.create, found.grant.export) == (create, export), person
        for most, given in ((most_import, found.grant.import_), (most_bulk, found.grant.bulk)):
            assert given == most if most is not None else given > 1_000_000, person
        with office.db.read() as uow:
            assert set(office.access(uow, person).rights) == rights, person


def test_a_collaborator_reads_and_changes_a_row_of_somebody_else(office: Office) -> None:
    helped, other = office.deal("dan", collaborators=("bea",)), office.deal("dan")
    assert office.covered("bea", "read") == {helped}
    assert office.covered("bea", "update") == {helped}
    assert other not in office.covered("bea", "read")


@pytest.mark.parametrize("receiver", [{"user": "bea"}, {"team": "north"}])
def test_a_share_opens_a_row_to_a_person_or_a_team(office: Office, receiver: dict[str, str]) -> None:
    read, edit = office.deal("dan"), office.deal("dan")
    office.share(read, level="read", **receiver)  # type: ignore[arg-type]
    office.share(edit, level="edit", **receiver)  # type: ignore[arg-type]
    assert office.covered("bea", "read") == {read, edit}
    assert office.covered("bea", "update") == {edit}
    assert office.covered("cat", "read") == set()


def test_a_share_for_editing_does_not_let_anybody_delete(office: Office) -> None:
    own, shared = office.deal("bea"), office.deal("dan")
    office.share(shared, user="bea", level="edit")
    assert office.covered("bea", "delete") == {own}


def test_a_share_ends_at_its_end_date(office: Office) -> None:
    deal = office.deal("dan")
    office.share(deal, user="bea", until=office.db.clock.now() + timedelta(hours=1))
    assert office.covered("bea", "read") == {deal}
    office.db.clock.advance(hours=1)  # type: ignore[attr-defined]
    assert office.covered("bea", "read") == set()


def test_a_share_of_another_object_with_the_same_id_opens_nothing(office: Office) -> None:
    deal = office.deal("dan")
    office.share(deal, user="bea")
    with office.db.write() as uow:
        uow.raw("UPDATE dw_share SET object_key = 'other'")
    assert office.covered("bea", "read") == set()


def test_roles_add_up(office: Office) -> None:
    deals = {name: office.deal(name) for name in ("bea", "dan")}
    office.give("bea", "salesperson", "analyst")
    assert office.covered("bea", "read") == set(deals.values())
    assert office.covered("bea", "update") == {deals["bea"]}
    assert office.rights("bea").grant.export


def test_a_person_without_a_role_sees_nothing(office: Office) -> None:
    office.deal("bea")
    office.give("bea")
    assert office.covered("bea", "read") == set()
