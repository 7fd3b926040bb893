"""PDF out of Typst templates. What people wrote reaches a template as data, never as markup, so it cannot run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse

FONTS = Path(__file__).parent / "fonts"


def pdf_from(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template under `templates/`, which reads `data` by `json(bytes(sys.inputs.data))`.

    `data` holds text, numbers, booleans, lists and mappings of these. The template sees no file but those beside
    itself. Inter comes with us; letters that it and the fonts of Typst lack come from those of the system, where it has
    them.
    """
    path = settings.BASE_DIR / "templates" / template
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made: bytes = typst.compile(path, root=path.parent, font_paths=[FONTS], sys_inputs=inputs)
    return made


def send_pdf(name: str, content: bytes) -> HttpResponse:
    """Sends a PDF as `name`.pdf."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"},
    )
