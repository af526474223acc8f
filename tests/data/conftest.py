"""Real data sets, as companies export them. They lie outside the repository; without them these tests are skipped."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def data_folder(name: str) -> Path:
    """The folder of a data set: under DEALWRIGHT_TEST_DATA, else beside the checkout."""
    named = os.environ.get("DEALWRIGHT_TEST_DATA")
    places = [Path(named)] if named else [ROOT.parent / "shared" / "data", ROOT.parent.parent / "shared" / "data"]
    for place in places:
        if (place / name).is_dir():
            return place / name
    pytest.skip(f"the data set {name} is not there; DEALWRIGHT_TEST_DATA names the folder that holds it")


@pytest.fixture(scope="module")
def maven() -> Path:
    return data_folder("maven_crm")


@pytest.fixture(scope="module")
def education() -> Path:
    return data_folder("x_education_leads")
