from __future__ import annotations

from typing import Any

import pytest

from fusionviewer.errors import BadArgument
from fusionviewer.registration import RegistrationSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1}, {"rotations": 3}, {"starts": 0}, {"levels_mm": ()},
        {"levels_mm": (4, 8), "points": (1000, 1000)}, {"levels_mm": (8, 4), "points": (1000,)},
        {"levels_mm": (0.1,), "points": (900,)}, {"points": (3000, 10000, 10)},
        {"bins": 2},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadArgument, match=next(iter(wrong)) if len(wrong) == 1 else "setting") as caught:
        RegistrationSettings(**wrong)
    assert caught.value.remedy


def test_lists_from_a_file_become_the_same_value() -> None:
    assert RegistrationSettings(levels_mm=[8, 4, 2]) == RegistrationSettings()  # type: ignore[arg-type]  # from JSON
    assert hash(RegistrationSettings(points=[3000, 10000, 80000])) == hash(RegistrationSettings())  # type: ignore[arg-type]
