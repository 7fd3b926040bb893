"""`{% url %}` as in Django, by addresses whose patterns are found once. It stands in for Django's in all templates."""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from cs_workspace.common.links import link

register = template.Library()


class LinkNode(URLNode):
    """An address with arguments by place; those by name are left to Django."""

    def render(self, context: template.Context) -> str:
        """The address, or nothing where it is kept under a name."""
        if self.kwargs:
            return super().render(context)
        args = [arg.resolve(context) for arg in self.args]
        try:
            address = link(self.view_name.resolve(context), *args, current_app=_current_app(context))
        except NoReverseMatch:
            if self.asvar is None:
                raise
            address = ""
        if self.asvar:
            context[self.asvar] = address
            return ""
        return conditional_escape(address) if context.autoescape else address


@register.tag
def url(parser: Parser, token: Token) -> LinkNode:
    """`{% url "name" key as variable %}`."""
    node = parse_url(parser, token)
    return LinkNode(node.view_name, node.args, node.kwargs, node.asvar)


def _current_app(context: Any) -> str | None:
    request = getattr(context, "request", None)
    if request is None:
        return None
    if hasattr(request, "current_app"):
        return request.current_app
    match = getattr(request, "resolver_match", None)
    return match.namespace if match else None
