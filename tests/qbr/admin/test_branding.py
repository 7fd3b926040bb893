"""The look of decks, as admins edit it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from qbr.models import Branding
from qbr.queries.branding import look_of_decks
from tests.cast import logged_in

pytestmark = pytest.mark.django_db

URL = "/admin/qbr/branding/"
TYPED = {"company": "Larkspur", "colour": "#123456", "accent": "#654321", "footer": "Confidential"}


def upload(content=None, name="logo.png"):
    if content is None:
        file = io.BytesIO()
        Image.new("RGB", (200, 50), "navy").save(file, "PNG")
        content = file.getvalue()
    return SimpleUploadedFile(name, content)


def saved(cast, **changes):
    place = f"{URL}True/change/" if Branding.objects.exists() else f"{URL}add/"
    return logged_in(cast.admin).post(place, TYPED | changes)


def test_the_list_leads_to_the_one_look_that_there_is(cast):
    client = logged_in(cast.admin)
    assert client.get(URL)["Location"] == f"{URL}add/"
    assert saved(cast).status_code == 302
    assert client.get(URL)["Location"] == f"{URL}True/change/"
    assert client.get(f"{URL}True/change/").status_code == 200
    assert client.post(f"{URL}add/", TYPED)["Location"] == f"{URL}True/change/"


def test_without_one_decks_have_the_name_of_the_workspace(cast, settings):
    assert look_of_decks().company == settings.WORKSPACE_NAME


def test_a_logo_is_kept_until_it_is_taken_away(cast):
    saved(cast, logo_file=upload())
    assert look_of_decks().logo.startswith(b"\x89PNG")
    saved(cast, company="Else")
    assert (look_of_decks().company, look_of_decks().logo is None) == ("Else", False)
    saved(cast, without_logo="on")
    assert look_of_decks().logo is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"%PDF-1.7", "no PNG or JPEG"), (b"\x89PNG" + b"0" * 10 * 1024 * 1024, "A logo has 2 MB at most.")],
    ids=["no picture", "10 MB"],
)
def test_a_file_that_is_no_logo_is_refused_by_the_field(cast, content, reason):
    page = saved(cast, logo_file=upload(content))
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert not Branding.objects.exists()


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "javascript:x", "#123456;}"])
def test_a_colour_is_six_digits(cast, colour):
    assert saved(cast, colour=colour).status_code == 200
    assert not Branding.objects.exists()


def test_only_admins_edit_it(cast):
    assert logged_in(cast.manager).get(URL).status_code == 302
