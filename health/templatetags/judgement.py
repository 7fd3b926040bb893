"""How the pulse is drawn: five marks and its word, on every page the same."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cs_workspace.common.templatetags import ui
from health.domain.judgement import PulseValue
from health.queries.judgement import PulseShown

register = template.Library()


@register.simple_tag
def pulse(shown: PulseShown | None) -> SafeString:
    """Filled marks up to the value, the word, and when and by whom it was judged; a stale one says so and is pale."""
    if shown is None or shown.pulse is None:
        return SafeString('<span class="pulse none">Not judged</span>')
    found = shown.pulse
    day = ui.short_day(found.at)
    by = f" by {found.by.name}" if found.by else ""
    title = f"Judged {day}{by}{': ' + found.comment if found.comment else ''}"
    marks = format_html_join(
        "", '<i class="{}"></i>', (("on" if place <= found.value else "",) for place in PulseValue)
    )
    return format_html(
        '<span class="pulse{}" title="{}"><span class="pulse-marks" aria-hidden="true">{}</span>{}{}</span>',
        " stale" if shown.stale else "",
        title,
        marks,
        found.get_value_display(),
        format_html(" <small>stale, {}</small>", day) if shown.stale else "",
    )


def pulse_cell(shown: PulseShown | None, rank: int | None) -> SafeString:
    """The pulse in the book."""
    return pulse(shown)


@register.filter
def change(value: float | None) -> SafeString:
    """A change in percent with its tone; unknown is said."""
    if value is None:
        return SafeString('<span class="faint">unknown</span>')
    return format_html('<span class="{}">{}</span>', ui.tone(value), ui.signed_percent(value))
