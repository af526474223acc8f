"""Each of the sixty bad inputs is tested, here or where its part of the product is, or is not there yet for a reason."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent

IN_VALUES = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 17, 19, 20, 21, 22, 24, 26, 27, 29}  # rows of CASES
BY_NAME = {
    5: "test_a_broken_body_is_refused", 6: "test_6_an_unknown_field_is_refused_on_update",
    7: "test_a_broken_body_is_refused", 8: "test_8_a_body_of_20_mb_is_refused_before_it_is_read",
    9: "test_9_another_type_of_content_is_refused", 10: "test_a_broken_body_is_refused",
    16: "test_the_good_twin_is_stored_exactly", 18: "test_18_an_end_before_its_beginning_is_refused",
    23: "test_23_a_name_that_turns_the_line_or_towers_is_stored_normalised_and_bounded",
    25: "test_25_two_spellings_of_one_letter_are_one_value_where_it_is_unique",
    28: "test_28_a_parent_may_not_be_the_record_itself_or_one_below_it",
    29: "test_29_ten_thousand_and_one_records_are_too_many_for_a_bulk_change",
    30: "test_30_a_version_that_is_not_the_present_one_is_refused",
    31: "test_31_32_a_question_that_makes_no_sense_is_refused_by_name",
    32: "test_32_a_hidden_field_is_as_unknown_as_one_that_does_not_exist",
    33: "test_33_a_filter_too_heavy_is_refused",
    34: "test_34_signs_of_a_query_language_are_matched_as_themselves",
    35: "test_35_odd_paths_are_not_found_and_the_service_stays_well",
    36: "test_36_a_key_that_cannot_be_kept_or_came_with_another_body_is_refused",
    60: "test_60_a_files_name_is_only_shown_and_shown_cleaned",
}  # fmt: skip
IN_IMPORTS = set(range(37, 47))  # files: tests/records/imports
NOT_YET = {
    47: "rules and mail to customers are not part of this release",
    48: "conditions of rules are checked when a rule is saved; there are no rules yet",
    49: "runs of rules",
    50: "rules that refer to deleted fields, stages or users",
    51: "assignment rules",
    52: "percent shares of an assignment",
    53: "templates with merge fields",
    54: "subjects and display names of mail",
    55: "the report engine; grouping by too many values is held by aggregate (TOO_MANY_GROUPS)",
    56: "dashboards of reports",
    57: "drawing a process; a pipeline has no transitions yet",
    58: "deleting users; options and stages in use are held by model and process (OPTION_IN_USE, STAGE_IN_USE)",
    59: "public forms",
}


def test_every_number_is_tested_or_listed_with_its_reason() -> None:
    assert IN_VALUES | set(BY_NAME) | IN_IMPORTS | set(NOT_YET) == set(range(1, 61))
    assert not set(NOT_YET) & (IN_VALUES | set(BY_NAME) | IN_IMPORTS)


def test_the_tests_named_here_exist() -> None:
    text = "".join(path.read_text("utf-8") for path in HERE.glob("test_*.py") if path.name != Path(__file__).name)
    assert [name for name in BY_NAME.values() if f"def {name}(" not in text] == []
    rows = {int(number) for number in re.findall(r"(?:Case|text)\(\s*(\d+), ", text)}
    assert rows >= IN_VALUES


def test_the_files_of_imports_are_tested_where_imports_are() -> None:
    folder = TESTS / "records" / "imports"
    text = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    found = {int(number) for number in re.findall(r"(?<![\d-])(3[7-9]|4[0-6])(?![\d])", text)}
    assert found >= IN_IMPORTS, sorted(IN_IMPORTS - found)
