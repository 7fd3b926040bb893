"""Whether both sides come with people of the same level."""

import pytest

from accounts.models import Contact, User
from qbr.domain.attendance import OF_ROLE, OF_SENIORITY, Level, Present, gaps_of
from qbr.domain.reviews import Kind

CFO = Present("Ana Costa", False, Level.EXECUTIVE)
STAFF = Present("Sam", False, Level.STAFF)
GUEST = Present("Ines", False, None)
VP = Present("Edda", True, Level.EXECUTIVE)
CSM = Present("Olga", True, Level.STAFF)


@pytest.mark.parametrize(
    ("kind", "people", "gaps"),
    [
        (Kind.QBR, [], ["Nobody of the customer is invited yet.", "Nobody of ours takes part yet."]),
        (Kind.QBR, [CSM], ["Nobody of the customer is invited yet."]),
        (Kind.QBR, [STAFF], ["Nobody of ours takes part yet."]),
        (Kind.QBR, [STAFF, CSM], []),
        (Kind.QBR, [GUEST, CSM], []),
        (Kind.QBR, [CFO, CSM], ["Ana Costa is an executive of the customer: invite one of ours."]),
        (Kind.QBR, [STAFF, VP], ["Edda is an executive of ours: invite one of the customer's."]),
        (Kind.QBR, [STAFF, CFO, CSM, VP], []),
        (Kind.EXECUTIVE, [CFO, VP], []),
        (Kind.EXECUTIVE, [STAFF, CSM], ["An executive review needs an executive of each side."]),
        (Kind.EXECUTIVE, [CFO, CSM], ["Ana Costa is an executive of the customer: invite one of ours."]),
    ],
)
def test_what_is_missing_on_which_side(kind, people, gaps):
    assert gaps_of(kind, people) == gaps


def test_every_seniority_and_role_has_a_level():
    assert set(OF_SENIORITY) == set(Contact.Seniority.values)
    assert set(OF_ROLE) == set(User.Role.values)
