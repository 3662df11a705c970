"""How far a relative has heard stands beside how far the giver has, under names that the column has room for."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from models import confiding, tables


@pytest.mark.parametrize("what", ["a-" + "s" * 48, "s-suu", "0" * 32, "a" + "1" * 31, "f" * 32])
def test_a_name_of_theirs_fits_and_leads_back(what: str) -> None:
    named = confiding.about(what)
    column = tables.heard.c.about.type
    assert isinstance(column, sa.String)
    assert column.length is not None
    assert len(named) <= column.length
    assert named != what
    assert confiding._what(named) == what
