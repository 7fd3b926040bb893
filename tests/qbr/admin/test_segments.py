"""Admins say which reviews a segment has, and who did so stays known."""

import pytest
from django.urls import reverse

from qbr.models import SegmentReviews
from tests.cast import logged_in

pytestmark = pytest.mark.django_db


def test_an_admin_changes_what_a_segment_has(cast):
    one = SegmentReviews.objects.get(segment__key="smb")
    client, url = logged_in(cast.admin), reverse("admin:qbr_segmentreviews_change", args=[one.pk])
    data = {"segment": one.segment_id, "executive_pace": "none", "annual_pace": "yearly", "agenda": "executive"}
    assert client.post(url, data).status_code == 302
    one.refresh_from_db()
    assert (one.annual_pace, one.agenda, one.checkpoint) == ("yearly", "executive", False)
    history = client.get(reverse("admin:qbr_segmentreviews_history", args=[one.pk])).content.decode()
    assert "yearly" in history
    assert cast.admin.name in history
    assert client.post(url, data | {"annual_pace": "weekly"}).status_code == 200


def test_nobody_else_gets_there(cast):
    url = reverse("admin:qbr_segmentreviews_changelist")
    assert logged_in(cast.admin).get(url).status_code == 200
    assert logged_in(cast.manager).get(url).status_code == 302
