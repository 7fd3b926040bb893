"""Pages of the ground: the book, accounts and daily work."""

from django.urls import URLPattern

app_name = "accounts"

urlpatterns: list[URLPattern] = []
