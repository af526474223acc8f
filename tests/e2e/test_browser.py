"""What a person does in the product, from the printed link on; the steps are in walks/."""

from pathlib import Path
from typing import Any

WIDE_CSV = """客户名称,行业,电话,负责项目
清溪电气,电子,0512-66668888,二期
松江阀门,装备制造,not-a-phone,一期
"""


def test_from_the_printed_link_to_the_first_deal_on_the_board(walk: Any, either_server: Any) -> None:
    walk("first_deal", either_server)


def test_signing_in_and_out_and_the_language_that_stays_with_the_person(walk: Any, workspace: Any) -> None:
    walk("session", workspace)


def test_a_seller_comes_in_by_a_link_and_sees_nothing_that_builds(walk: Any, workspace: Any) -> None:
    walk("people", workspace)


def test_an_import_with_a_bad_row_is_tried_run_and_undone(walk: Any, workspace: Any, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(WIDE_CSV, encoding="utf-8")
    walk("imports", workspace, file=str(file))


def test_an_object_of_ones_own_is_made_filled_and_taken_back(walk: Any, workspace: Any) -> None:
    walk("own_object", workspace)


def test_an_object_is_shaped_by_dragging_and_used_at_once(walk: Any, workspace: Any) -> None:
    walk("designer", workspace)


def test_stages_are_added_reordered_and_retired_with_deals_in_them(walk: Any, workspace: Any) -> None:
    walk("stages", workspace)


def test_the_shell_searches_answers_to_keys_and_says_when_it_is_cut_off(walk: Any, company: Any) -> None:
    walk("shell", company)


def test_the_desk_says_what_to_do_why_and_takes_it_back(walk: Any, workspace: Any) -> None:
    walk("desk", workspace)


def test_the_dashboard_opens_the_records_behind_its_numbers(walk: Any, company: Any) -> None:
    walk("dashboard", company)


def test_every_main_screen_fits_a_phone(walk: Any, company: Any) -> None:
    walk("phone", company)


def test_a_script_typed_into_any_text_runs_nowhere(walk: Any, company: Any) -> None:
    walk("xss", company)


def test_cards_are_moved_refused_followed_live_and_composed_on_the_board(walk: Any, workspace: Any) -> None:
    walk("board", workspace)


def test_a_task_is_made_moved_and_taken_back_in_the_calendar(walk: Any, workspace: Any) -> None:
    walk("calendar", workspace)


def test_a_list_is_filtered_shared_edited_and_changed_in_bulk(walk: Any, company: Any) -> None:
    walk("list", company)


def test_duplicates_are_merged_and_taken_apart_again(walk: Any, workspace: Any) -> None:
    walk("merge", workspace)
