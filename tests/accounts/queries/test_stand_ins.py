"""accounts.queries.stand_ins: a statement of a stand-in finds what the user may see whose keys are filled in."""

import pytest

from accounts.models import Account
from accounts.queries.stand_ins import Viewer, keys_of
from cs_workspace.common.compiled import compile_once

pytestmark = pytest.mark.django_db
PEOPLE = ("owner", "team_mate", "manager", "executive", "admin", "ae", "read_only", "outsider", "other_manager")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_viewer_sees_what_the_user_sees(cast, name: str) -> None:
    user = getattr(cast, name)
    seen = Account.objects.visible_to(Viewer.of(user).user).order_by("pk").values_list("pk", flat=True)
    found = [pk for (pk,) in compile_once(seen).rows(keys_of(user))]
    assert found == list(Account.objects.visible_to(user).order_by("pk").values_list("pk", flat=True))


def test_further_keys_stand_behind_those_of_the_viewer(cast) -> None:
    viewer = Viewer.of(cast.manager)
    (pk,) = viewer.further_keys(1)
    statement = compile_once(Account.objects.visible_to(viewer.user).filter(pk=pk).values_list("pk"))
    keys = keys_of(cast.manager)
    assert statement.rows([*keys, cast.account.pk]) == [(cast.account.pk,)]
    assert statement.rows([*keys, cast.strangers.pk]) == []
    with pytest.raises(LookupError):
        statement.rows(keys)
